import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { PlantConfig } from '../plant/plant.ts';
import { WITHDRAWN_KEPT, type Downtime } from './downtime.ts';
import type { DowntimeEvent } from './downtime-events.ts';

export function applyDowntime(state: EngineState, config: PlantConfig, event: DowntimeEvent): void {
  if (event.type === 'downtimeClassified') {
    classify(state, event);
    return;
  }
  const path = plantIndex(config).equipment.get(event.equipment)?.config.line;
  const line = lineOf(state, path ?? event.equipment);
  const { downtimes } = line;
  const from = event.type === 'downtimeEnded' ? event.from : event.at;
  const position = downtimes.findLastIndex((downtime) => downtime.from <= from);
  const known = downtimes[position]?.from === from ? downtimes[position] : undefined;
  if (event.type === 'downtimeStarted') {
    const started: Downtime = {
      id: event.downtimeId,
      equipment: event.equipment,
      from,
      to: null,
      state: event.state,
      machineReason: event.reason ?? null,
      minor: false,
      classified: known?.classified ?? null,
    };
    if (line.withdrawn !== undefined)
      line.withdrawn = line.withdrawn.filter(({ id }) => id !== event.downtimeId);
    if (known === undefined) downtimes.splice(position + 1, 0, started);
    else downtimes[position] = started;
  } else if (known !== undefined) {
    if (event.type === 'downtimeWithdrawn') {
      downtimes.splice(position, 1);
      const { id, to } = known;
      line.withdrawn = [...(line.withdrawn ?? []), { id, from, to }].slice(-WITHDRAWN_KEPT);
    } else downtimes[position] = { ...known, to: event.at, minor: event.minor };
  }
}

function classify(state: EngineState, event: Extract<DowntimeEvent, { type: 'downtimeClassified' }>): void {
  const { reason, author, at } = event;
  for (const { downtimes } of Object.values(state.lines)) {
    const index = downtimes.findLastIndex(({ id }) => id === event.downtimeId);
    const known = downtimes[index];
    if (known !== undefined) downtimes[index] = { ...known, classified: { reason, author, at } };
  }
}
