import type { FactoryCommand, PlantConfig } from '@ms5/domain';
import { createFakeClock, type FakeClock } from '@ms5/testkit';
import { onTestFinished } from 'vitest';
import { formatProblems, parsePlant } from '../src/config/index.ts';
import { startEngineCore, type EngineCore, type EngineCoreOptions } from '../src/engine/core/engine-core.ts';
import { createMemoryEventLog } from '../src/engine/log/event-log-memory.ts';

/** What a plant file of this text configures; throws where there is something wrong in it. */
export function configOf(text: string): PlantConfig {
  const parsed = parsePlant('plant.yaml', text);
  if (!parsed.ok) throw new Error(formatProblems(parsed.problems));
  return parsed.plant.config;
}

interface Options extends Partial<Pick<EngineCoreOptions, 'log' | 'onCommitted'>> {
  readonly config: PlantConfig;
  /** When it starts, ms since the epoch. */
  readonly from: number;
}

/** An engine in memory with a clock of its own. */
interface RunningCore {
  readonly core: EngineCore;
  readonly clock: FakeClock;
  /** Resolves with what became of a command, under a key of its own. */
  readonly command: (asked: FactoryCommand, author?: string) => ReturnType<EngineCore['command']>;
  /** A field of a record, or a document of a collection; `undefined`: it is not there. */
  readonly document: (topic: string, key: string) => unknown;
}

/** Runs until the test ends. */
export function runCore({
  log = createMemoryEventLog('id'),
  config,
  from,
  onCommitted = () => undefined,
}: Options): RunningCore {
  const clock = createFakeClock(from);
  const core = startEngineCore({
    log,
    config,
    clock,
    onCommitted,
    onFailure: (error) => {
      throw error;
    },
  });
  onTestFinished(() => core.close());
  clock.run();
  let counter = 0;
  return {
    core,
    clock,
    command: (asked, author = 'lee') => {
      counter += 1;
      const reply = core.command({ command: asked, key: { clientId: author, counter }, author });
      clock.run();
      return reply;
    },
    document: (topic, key) => {
      const found = core.image().topics.find((each) => each.topic === topic);
      const value = found?.keys.find((each) => each.key === key);
      return value === undefined ? undefined : JSON.parse(new TextDecoder().decode(value.value));
    },
  };
}
