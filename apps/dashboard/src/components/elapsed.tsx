import { formatAge, formatTimer } from '../format/duration.ts';
import { useText } from '../text/text.tsx';
import { useServerTime } from '@ms5/react';

interface ElapsedProps {
  /** Server time, ms. */
  readonly since: number;
}

/** How long ago, in words that change each second or minute: `12 min`. */
export function Age({ since }: ElapsedProps) {
  const { t } = useText();
  return <>{useServerTime((now) => formatAge(now - since, t.units))}</>;
}

/** A running timer: `4:32`. Assistive technology is not told each second. */
export function Timer({ since }: ElapsedProps) {
  return (
    <span role="timer" aria-live="off">
      {useServerTime((now) => formatTimer(now - since))}
    </span>
  );
}
