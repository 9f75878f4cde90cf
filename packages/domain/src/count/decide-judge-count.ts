import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { conflict, refused } from '../engine/refusal.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { CountCommand } from './count-events.ts';
import { counterAnomalies } from './reading-facts.ts';

/** Only a jump that waits for it can be judged. */
export function decideJudgeCount(
  state: EngineState,
  line: IndexedLine,
  command: Extract<CountCommand, { name: 'judgeCount' }>,
  author: string,
  judgedAt: EpochMs,
): StepResult {
  const { equipment, counter, readAt, verdict } = command;
  if (!line.config.equipment.includes(equipment))
    return refused(
      'unknownEquipment',
      `line ${line.config.path} has no equipment "${equipment}"; it has ${line.config.equipment.join(', ')}`,
      'equipment',
    );
  const anomaly = counterAnomalies(equipmentOf(state, equipment)[counter], readAt - 1, readAt)[0];
  if (anomaly === undefined)
    return refused('nothingToJudge', `no jump of the counter was read at ${readAt}`, 'readAt');
  if (anomaly.kind !== 'quarantined')
    return conflict('notQuarantined', `the total read at ${readAt} is no longer kept out: ${anomaly.kind}`);
  const steps = anomaly.keptOut;
  return {
    events: [{ type: 'countJudged', equipment, at: readAt, counter, verdict, author, judgedAt, steps }],
  };
}
