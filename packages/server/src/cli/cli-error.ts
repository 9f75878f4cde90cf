/** What the `ms5` command ends with. */
export const EXIT = {
  done: 0,
  /** Something failed while running. */
  failed: 1,
  /** Wrong use or wrong configuration: change the command line, the file or the environment. */
  usage: 2,
} as const;

/** A failure to tell the user about in their words; no stack is shown. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** What to do about it, a line each. */
  readonly advice: readonly string[];
  readonly exitCode: number;

  constructor(message: string, advice: readonly string[] = [], exitCode: number = EXIT.usage) {
    super(message);
    this.advice = advice;
    this.exitCode = exitCode;
  }
}

/** The text for the terminal and the exit code of anything thrown by a command. */
export function describeError(error: unknown): { readonly text: string; readonly exitCode: number } {
  if (error instanceof CliError) {
    return {
      text: [error.message, ...error.advice.map((line) => `  ${line}`)].join('\n'),
      exitCode: error.exitCode,
    };
  }
  if (!(error instanceof Error)) return { text: String(error), exitCode: EXIT.failed };
  if (CONFIGURATION_ERRORS.has(error.name)) return { text: error.message, exitCode: EXIT.usage };
  return { text: error.stack ?? error.message, exitCode: EXIT.failed };
}

/** Errors whose message already says what, where, what was expected and what to do. */
const CONFIGURATION_ERRORS = new Set([
  'PluginError',
  'PlantConfigError',
  'TokenKeyError',
  'RevocationsError',
  'LogError',
]);

/** The code of a failed system call, for example `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
