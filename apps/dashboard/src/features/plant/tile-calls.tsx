import type { LineStatusDocument } from '@ms5/client';
import { Timer } from '../../components/elapsed.tsx';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useText } from '../../text/text.tsx';
import classes from './tile-parts.module.css';

/** Open calls: how many, the highest priority, the age of the oldest. */
export function TileCalls({ calls }: { readonly calls: LineStatusDocument['calls'] | undefined }) {
  const { t } = useText();
  if (calls === undefined || calls.open === 0) return null;
  return (
    <div className={classes['calls']} data-testid="tile-calls">
      <span className={classes['callCount']}>{t.plant.calls(calls.open)}</span>
      {calls.priority !== undefined && (
        <PriorityMark priority={calls.priority} flashing={calls.unacknowledged > 0} />
      )}
      {calls.oldestAt !== undefined && (
        <span className={classes['callAge']}>
          <Timer since={calls.oldestAt} />
        </span>
      )}
    </div>
  );
}
