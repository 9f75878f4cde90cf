export type Pace =
  | { readonly kind: 'ahead'; readonly count: number }
  | { readonly kind: 'behind'; readonly count: number; readonly far: boolean }
  | { readonly kind: 'onPace' };

/** Less than this share of what is expected is on pace. */
const ON_PACE_RATIO = 0.01;
/** More than this share behind is abnormal, */
const FAR_BEHIND_RATIO = 0.1;
/** but not before this share of the target is due: nobody is late after a minute. */
const EARLY_RATIO = 0.05;

export function paceOf(good: number, expectedByNow: number, target: number): Pace {
  const difference = Math.round(good - expectedByNow);
  const allowed = Math.max(0.5, expectedByNow * ON_PACE_RATIO);
  if (Math.abs(difference) <= allowed) return { kind: 'onPace' };
  if (difference > 0) return { kind: 'ahead', count: difference };
  const early = expectedByNow < target * EARLY_RATIO;
  const far = !early && -difference > expectedByNow * FAR_BEHIND_RATIO;
  return { kind: 'behind', count: -difference, far };
}
