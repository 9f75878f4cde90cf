import type { EngineState, FactoryEvent, LinePath, PlantConfig } from '@ms5/domain';

const equipmentLines = new WeakMap<PlantConfig, ReadonlyMap<string, LinePath>>();

function linesByEquipment(config: PlantConfig): ReadonlyMap<string, LinePath> {
  let lines = equipmentLines.get(config);
  if (lines === undefined) {
    lines = new Map(config.equipment.map(({ path, line }) => [path, line]));
    equipmentLines.set(config, lines);
  }
  return lines;
}

/** The line an applied event belongs to; `undefined`: none, or one the plant no longer has. */
export function lineOfEvent(
  event: FactoryEvent,
  state: EngineState,
  config: PlantConfig,
): LinePath | undefined {
  if ('line' in event) return event.line;
  if ('equipment' in event && event.equipment !== undefined) {
    return linesByEquipment(config).get(event.equipment);
  }
  if ('callId' in event) return state.calls.find(({ id }) => id === event.callId)?.line;
  if (!('downtimeId' in event)) return undefined;
  const found = Object.entries(state.lines).find(([, { downtimes }]) =>
    downtimes.some(({ id }) => id === event.downtimeId),
  );
  return found?.[0];
}

/** What the engine notes for itself: it changes no document by itself, and is no news to people. */
export function isBookkeeping(event: FactoryEvent): boolean {
  return event.type === 'equipmentHeard' || event.type === 'timeAdvanced';
}
