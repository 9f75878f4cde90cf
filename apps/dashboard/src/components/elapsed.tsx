import { formatAge, formatTimer } from '../format/duration.ts';
import { useText } from '../text/text.tsx';
import { useNow, useShownNow } from './use-now.ts';

interface ElapsedProps {
  /** Server time, ms. */
  readonly since: number;
}

/** How long ago, in words that change each second or minute: `12 min`. */
export function Age({ since }: ElapsedProps) {
  const { t } = useText();
  return <>{useShownNow((now) => formatAge(now - since, t.units))}</>;
}

/** A running timer: `4:32`. Assistive technology is not told each second. */
export function Timer({ since }: ElapsedProps) {
  const text = useShownNow((now) => formatTimer(now - since));
  return (
    <span role="timer" aria-live="off">
      {text}
    </span>
  );
}

/** A timer of this screen's own waiting, which goes on while it is cut off. */
export function WaitingTimer({ since }: ElapsedProps) {
  return (
    <span role="timer" aria-live="off">
      {formatTimer(useNow() - since)}
    </span>
  );
}
