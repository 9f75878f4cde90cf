import type { EngineState } from '../engine/engine-state.ts';
import type { FactoryCommand, StepResult } from '../engine/engine-types.ts';
import { conflict, refused, unknownName } from '../engine/refusal.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import type { Downtime } from './downtime.ts';
import { heirOf, reasonOf } from './downtime.ts';

type ClassifyDowntime = Extract<FactoryCommand, { name: 'classifyDowntime' }>;

/** Gives a stop its reason. A person's reason comes before the machine's, and the last person's holds. */
export function decideClassify(
  state: EngineState,
  config: PlantConfig,
  command: ClassifyDowntime,
  author: string,
  at: EpochMs,
): StepResult {
  const { reasons } = plantIndex(config);
  if (!reasons.has(command.reason))
    return unknownName('unknownReason', 'reason', command.reason, reasons.keys(), 'reason');
  const downtime = findDowntime(state, command.downtimeId);
  if (downtime === undefined) return missing(state, command.downtimeId);
  const before = reasonOf(downtime);
  return {
    events: [
      {
        type: 'downtimeClassified',
        downtimeId: downtime.id,
        at,
        author,
        reason: command.reason,
        ...(before === null ? null : { before }),
      },
    ],
    data: { downtimeId: downtime.id },
  };
}

/** One that was withdrawn is a conflict that names what takes its place. */
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

function findDowntime(state: EngineState, id: string): Downtime | undefined {
  for (const line of Object.values(state.lines)) {
    const found = line.downtimes.find((downtime) => downtime.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}
