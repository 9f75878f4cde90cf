import type { EngineState, LineState } from '../engine/engine-state.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { conflict, refused } from '../engine/refusal.ts';
import { horizonOf } from '../equipment/equipment-timeline.ts';
import { editWindowOf } from '../plan/edit-window.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import type { Downtime } from './downtime.ts';
import { heirOf } from './downtime.ts';
import { mergedWith } from './merged-stops.ts';
import type { ReasonPart } from './reason-spans.ts';
import { reasonParts } from './reason-spans.ts';

/** A stop that may be edited, with what stands around it. */
export interface EditableStop {
  readonly line: IndexedLine;
  readonly own: LineState;
  readonly downtime: Downtime;
  /** It and those it is merged with, oldest first. */
  readonly group: readonly Downtime[];
  /** How far the present reaches. */
  readonly horizon: EpochMs;
}

export type FoundStop =
  | ({ readonly status: 'found' } & EditableStop)
  | { readonly status: 'refused'; readonly result: StepResult };

/**
 * A recorded stop by id. One that was withdrawn is a conflict that names what takes its place; one older than the
 * edit window is refused. The window counts from the newest observation of the equipment, as what is kept of it does.
 */
export function editableStop(state: EngineState, config: PlantConfig, id: string, now: EpochMs): FoundStop {
  for (const line of plantIndex(config).lines.values()) {
    const own = lineOf(state, line.config.path);
    const downtime = own.downtimes.find((each) => each.id === id);
    if (downtime === undefined) continue;
    const equipment = plantIndex(config).equipment.get(downtime.equipment)?.config ?? line.constraint;
    const present = Math.min(now, equipmentOf(state, equipment.path).newestAt ?? now);
    const windowMs = editWindowOf(line.config);
    const ageMs = present - (downtime.to ?? present);
    if (ageMs > windowMs) {
      const message = `downtime ${id} ended ${ageMs} ms ago; it may be edited for ${windowMs} ms`;
      return { status: 'refused', result: refused('tooLate', message, 'downtimeId') };
    }
    const horizon = horizonOf(state, equipment, now);
    const group = mergedWith(downtime, own.downtimes, own.merges ?? []);
    return { status: 'found', line, own, downtime, group, horizon };
  }
  return { status: 'refused', result: missing(state, id) };
}

function missing(state: EngineState, id: string): StepResult {
  for (const { withdrawn = [], downtimes } of Object.values(state.lines)) {
    const found = withdrawn.find((each) => each.id === id);
    if (found === undefined) continue;
    const heir = heirOf(found, downtimes);
    const instead = heir === undefined ? '' : `; in its place stands ${heir.id}`;
    return conflict('downtimeWithdrawn', `downtime ${id} was withdrawn by a late observation${instead}`);
  }
  return refused('unknownDowntime', `no downtime ${id}, or it was long ago`, 'downtimeId');
}

/** Where a stop ends as far as is known, at least 1 ms after its start. */
export function endOf({ from, to }: Downtime, horizon: EpochMs): EpochMs {
  return to ?? Math.max(horizon, from + 1);
}

/** The parts of a stop and of those it is merged with. */
export function partsOf({ group, own, horizon }: EditableStop): readonly ReasonPart[] {
  return group.flatMap((downtime) => reasonParts(downtime, own.reasonSpans ?? [], horizon));
}

/** What stands there, for whoever meant something else. */
export function describeParts(parts: readonly ReasonPart[]): string {
  return parts
    .map(({ from, to, reason, source }) => {
      const by = source.kind === 'person' ? ` (${source.author})` : '';
      return `${from} to ${to}: ${reason ?? 'no reason'}${by}`;
    })
    .join('; ');
}
