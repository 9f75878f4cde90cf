import type { EngineState } from '../engine/engine-state.ts';
import { createEngineState } from '../engine/engine-state.ts';
import type {
  Adjusting,
  FactoryCommand,
  FactoryEvent,
  Observation,
  StepResult,
} from '../engine/engine-types.ts';
import { step } from '../engine/step.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';

/** An engine with its log, driven by hand. */
export interface Drive {
  readonly state: EngineState;
  readonly config: PlantConfig;
  readonly log: readonly FactoryEvent[];
  /** `receivedAt` and `now` are the observation's instant unless given. */
  observe(observation: Omit<Observation, 'receivedAt'>, now?: EpochMs): StepResult;
  command(command: FactoryCommand & Adjusting, at: EpochMs, author?: string): StepResult;
  display(callId: string, reader: string, at: EpochMs): StepResult;
  tick(now: EpochMs): StepResult;
}

export function createDrive(config: PlantConfig): Drive {
  const state = createEngineState(config);
  const log: FactoryEvent[] = [];
  const kept = (result: StepResult): StepResult => {
    log.push(...result.events);
    return result;
  };
  return {
    state,
    config,
    log,
    observe(observation, now = observation.at) {
      const received = { ...observation, receivedAt: now };
      return kept(step(state, config, { kind: 'observation', observation: received }, now));
    },
    command(command, at, author = 'ann') {
      return kept(step(state, config, { kind: 'command', envelope: { author, at, command } }, at));
    },
    display(callId, reader, at) {
      return kept(step(state, config, { kind: 'display', display: { callId, reader, at } }, at));
    },
    tick(now) {
      return kept(step(state, config, { kind: 'tick' }, now));
    },
  };
}
