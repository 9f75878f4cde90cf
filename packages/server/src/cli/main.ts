#!/usr/bin/env node
import { CommanderError } from 'commander';
import { describeError, EXIT } from './cli-error.ts';
import { createProgram } from './program.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed what is wrong. Asking for help or the version is no error.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  } else {
    const { text, exitCode } = describeError(error);
    process.stderr.write(`ms5: ${text}\n`);
    process.exitCode = exitCode;
  }
}
