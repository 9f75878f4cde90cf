import { IconChecks, IconX } from '@tabler/icons-react';
import type { CallDocument } from '@ms5/client';
import { formatAge } from '../../format/duration.ts';
import { useText, useTimes } from '../../text/text.tsx';
import classes from './recent-calls.module.css';
import { closedAt } from './call-model.ts';

const SHOWN = 5;

interface RecentCallsProps {
  readonly calls: readonly CallDocument[];
  readonly timeZone: string;
}

export function RecentCalls({ calls, timeZone }: RecentCallsProps) {
  const { t } = useText();
  return (
    <section aria-label={t.andon.recent} className={classes['recent']} data-testid="recent-calls">
      <h3 className={classes['heading']}>{t.andon.recent}</h3>
      {calls.length === 0 && <p className={classes['none']}>{t.andon.noRecent}</p>}
      <ul className={classes['list']}>
        {calls.slice(0, SHOWN).map((call) => (
          <RecentCall key={call.id} call={call} timeZone={timeZone} />
        ))}
      </ul>
    </section>
  );
}

function RecentCall({ call, timeZone }: { readonly call: CallDocument; readonly timeZone: string }) {
  const { t } = useText();
  const times = useTimes(timeZone);
  const end = closedAt(call);
  const act = call.resolved ?? call.cancelled;
  const Icon = call.status === 'cancelled' ? IconX : IconChecks;
  return (
    <li className={classes['call']}>
      <Icon aria-hidden size={18} stroke={2} />
      <div className={classes['words']}>
        <span>
          <strong>{t.andon.types[call.type]}</strong>, {t.andon.priorities[call.priority].toLowerCase()}
          {end !== null && ` · ${t.andon.lasted(formatAge(end - call.raisedAt, t.units))}`}
        </span>
        {act !== undefined && (
          <span className={classes['detail']}>
            {call.status === 'cancelled'
              ? t.andon.cancelledBy(act.byName ?? act.by, times.time(act.at))
              : t.andon.resolvedBy(act.byName ?? act.by, times.time(act.at))}
            {act.note !== undefined && `: ${act.note}`}
          </span>
        )}
      </div>
    </li>
  );
}
