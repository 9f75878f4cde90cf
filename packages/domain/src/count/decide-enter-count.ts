import type { EngineState } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { refused, unknownName } from '../engine/refusal.ts';
import { constraintAt } from '../oee/line-constraint.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import { unknownDefect } from '../quality/unknown-defect.ts';
import type { CountCommand } from './count-events.ts';

type EnterCount = Extract<CountCommand, { name: 'enterCount' }>;

/** Parts a person counted belong to the line's constraint, unless told of other equipment of the line. */
export function decideEnterCount(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  command: EnterCount,
  author: string,
  at: EpochMs,
): StepResult {
  const { good = 0, scrap = 0, rework = 0, defect, equipment = constraintAt(state, line, at).path } = command;
  const own = line.config.equipment;
  if (!own.includes(equipment))
    return unknownName('unknownEquipment', 'equipment of this line', equipment, own, 'equipment');
  for (const [name, value] of Object.entries({ good, scrap, rework }))
    if (!(Number.isFinite(value) && value >= 0))
      return refused('invalidCount', `${name} is ${value}; expected a number of at least 0`, name);
  if (good + scrap + rework === 0)
    return refused('invalidCount', 'nothing was counted: good, scrap and rework are all 0 or absent');
  if (defect !== undefined && scrap + rework === 0)
    return refused('invalidCount', 'a defect was named, but neither scrap nor rework', 'defect');
  const unknown = unknownDefect(config, defect);
  if (unknown !== null) return unknown;
  const told = command.scrap !== undefined || command.rework !== undefined;
  const entryId = `entry-${(state.lastEntry ?? 0) + 1}`;
  return {
    events: [
      {
        type: 'counted',
        equipment,
        at,
        good,
        scrap,
        rework,
        author,
        entryId,
        ...(defect === undefined ? null : { defect }),
        ...(told ? { rejectsGiven: true as const } : null),
      },
    ],
    data: { entryId },
  };
}
