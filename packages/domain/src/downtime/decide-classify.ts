import type { EngineState } from '../engine/engine-state.ts';
import type { FactoryCommand, StepResult } from '../engine/engine-types.ts';
import { refused, unknownName } from '../engine/refusal.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import type { Downtime } from './downtime.ts';
import { reasonOf } from './downtime.ts';

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
  if (downtime === undefined)
    return refused(
      'unknownDowntime',
      `no downtime ${command.downtimeId}; a late observation may have withdrawn it`,
      'downtimeId',
    );
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

function findDowntime(state: EngineState, id: string): Downtime | undefined {
  for (const line of Object.values(state.lines)) {
    const found = line.downtimes.find((downtime) => downtime.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}
