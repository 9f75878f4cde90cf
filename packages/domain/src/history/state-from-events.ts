import { applyEvent } from '../engine/apply-event.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { createEngineState } from '../engine/engine-state.ts';
import type { FactoryEvent } from '../engine/engine-types.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';

/**
 * What the engine would hold at `now`, had it been told `events` and forgotten nothing. The events are in the order
 * of the log; ticks are not among them, as they only forget.
 */
export function stateFromEvents(
  config: PlantConfig,
  events: Iterable<FactoryEvent>,
  now: EpochMs,
): EngineState {
  const state = createEngineState(config);
  for (const event of events) if (event.type !== 'timeAdvanced') applyEvent(state, config, event);
  state.now = now;
  state.begunAt = now;
  return state;
}
