import type { ClassificationRule, DowntimeConfig, ReasonConfig } from '@ms5/domain';
import { defined } from './defined.ts';
import type { PlantFile } from './schema.ts';
import { BREAKDOWN_REASON, DONT_KNOW_REASON } from './state-mappings.ts';

/**
 * The built-in `packml` mapping names a reason, so a plant that uses the mapping has that reason; and every plant has
 * one for what nobody can tell.
 */
export function compileReasons(file: PlantFile): readonly ReasonConfig[] {
  const usesPackml = file.areas.some((area) =>
    area.lines.some((line) => line.equipment.some(({ states }) => states === 'packml')),
  );
  const builtIn = usesPackml ? [BREAKDOWN_REASON, DONT_KNOW_REASON] : [DONT_KNOW_REASON];
  const codes = new Set(file.reasons.map(({ code }) => code));
  const own = file.reasons.map(({ code, name, loss, failure, group, retired }): ReasonConfig =>
    Object.assign(
      { code, name, loss, failure },
      defined({ group }),
      retired ? { retired: true as const } : {},
    ),
  );
  return [...own, ...builtIn.filter(({ code }) => !codes.has(code))];
}

export function compileDowntime({ downtime, reasonGroups }: PlantFile): DowntimeConfig {
  return {
    mergeRunMs: downtime.mergeRun,
    groups: reasonGroups.map(({ id, name, group }) => Object.assign({ id, name }, defined({ group }))),
    rules: downtime.rules.map(
      ({ id, reason, longerThan, shorterThan, between, ...signs }): ClassificationRule => ({
        id,
        reason,
        ...defined(signs),
        ...defined({ minMs: longerThan, maxMs: shorterThan }),
        ...(between === undefined
          ? null
          : { between: { from: between.from, to: between.to, ...defined({ days: between.days }) } }),
      }),
    ),
  };
}
