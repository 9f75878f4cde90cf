import classes from './target-bar.module.css';

interface TargetBarProps {
  readonly good: number;
  readonly target: number;
  readonly expectedByNow: number;
}

/** Good parts against the target, with a tick where the pace should be. An image of figures printed beside it. */
export function TargetBar({ good, target, expectedByNow }: TargetBarProps) {
  const scale = Math.max(target, good, expectedByNow, 1);
  const percent = (count: number): string => `${(Math.max(0, count) / scale) * 100}%`;
  return (
    <span className={classes['track']} aria-hidden>
      <span className={classes['fill']} style={{ width: percent(good) }} />
      <span className={classes['tick']} style={{ left: percent(expectedByNow) }} />
    </span>
  );
}
