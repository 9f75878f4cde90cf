import type { EngineState, FactoryEvent, LinePath, PlantConfig } from '@ms5/domain';

interface Lines {
  readonly known: ReadonlySet<LinePath>;
  readonly byEquipment: ReadonlyMap<string, LinePath>;
}

const linesOfPlants = new WeakMap<PlantConfig, Lines>();

function linesOf(config: PlantConfig): Lines {
  let lines = linesOfPlants.get(config);
  if (lines === undefined) {
    lines = {
      known: new Set(config.lines.map(({ path }) => path)),
      byEquipment: new Map(config.equipment.map(({ path, line }) => [path, line])),
    };
    linesOfPlants.set(config, lines);
  }
  return lines;
}

/** The line an applied event belongs to; `undefined`: none, or one the plant no longer has. */
export function lineOfEvent(
  event: FactoryEvent,
  state: EngineState,
  config: PlantConfig,
): LinePath | undefined {
  const { known, byEquipment } = linesOf(config);
  const line = namedLine(event, state, byEquipment);
  return line !== undefined && known.has(line) ? line : undefined;
}

function namedLine(
  event: FactoryEvent,
  state: EngineState,
  byEquipment: Lines['byEquipment'],
): LinePath | undefined {
  if ('line' in event) return event.line;
  if ('equipment' in event && event.equipment !== undefined) return byEquipment.get(event.equipment);
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
