import type { Figure } from '../oee/figure.ts';
import { isKnown, unknown } from '../oee/figure.ts';

/**
 * Targets of the hours with what was missing before them: at the start of an hour that, targets of the hours before it
 * less their good parts, is spread over it and those to come in proportion to their own targets. What was made beyond
 * the targets lowers none. `ended`: how many hours are over; those ahead share what is missing when the present began.
 */
export function movingTargets(
  targets: readonly Figure[],
  good: readonly number[],
  ended: number,
): readonly Figure[] {
  let missing: Figure = 0;
  let atStart: Figure = 0;
  return targets.map((target, index) => {
    if (index <= ended) atStart = missing;
    const moved = withShare(targets, index, index <= ended ? index : ended, atStart);
    if (index < ended) missing = lacking(missing, target, good[index] ?? 0);
    return moved;
  });
}

function lacking(missing: Figure, target: Figure, good: number): Figure {
  if (!isKnown(missing)) return missing;
  return isKnown(target) ? missing + target - good : target;
}

/** `from`: the first of the hours that share. */
function withShare(targets: readonly Figure[], index: number, from: number, missing: Figure): Figure {
  const target = targets[index] ?? unknown('noTarget');
  if (!isKnown(target) || !isKnown(missing)) return isKnown(target) ? missing : target;
  if (missing <= 0) return target;
  let rest = 0;
  for (const each of targets.slice(from)) {
    if (!isKnown(each)) return each;
    rest += each;
  }
  return rest === 0 ? target : target + (missing * target) / rest;
}
