import type { DegradationState, SystemAlertDocument, SystemHealthDocument } from '@ms5/client';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useCollection, useRecord } from '@ms5/react';
import { useText, useTimes } from '../../text/text.tsx';
import { concernsOf } from './system-model.ts';
import classes from './system-notice.module.css';

const SHOWN = 3;

/** Below the bar while something is wrong with the system itself. What is old is not told: it may be over. */
export function SystemNotice({ timeZone }: { readonly timeZone: string }) {
  const { t } = useText();
  const times = useTimes(timeZone);
  const degradation = useRecord<SystemHealthDocument, DegradationState | undefined>(
    'system/health',
    ({ freshness, value }) => (freshness === 'live' ? value.degradation : undefined),
  );
  const alerts = useCollection<SystemAlertDocument>('system/alerts');
  const concerns = concernsOf(degradation, alerts.freshness === 'live' ? alerts.value.values() : []);
  const [first] = concerns;
  if (first === undefined) return null;
  const more = concerns.length - SHOWN;
  return (
    <aside
      className={classes['notice']}
      data-critical={first.isCritical}
      aria-label={t.system.title}
      data-testid="system-notice"
    >
      <IconAlertTriangle aria-hidden size={22} stroke={2} className={classes['icon'] ?? ''} />
      <strong role="status">{t.system.title}</strong>
      <ul className={classes['list']}>
        {concerns.slice(0, SHOWN).map(({ id, rule, subject, since, message }) => (
          <li key={id}>
            {t.system.rules[rule] ?? message}
            {subject !== null && ` (${subject})`}
            {', '}
            {t.system.since(times.time(since))}
          </li>
        ))}
        {more > 0 && <li>{t.system.more(more)}</li>}
      </ul>
    </aside>
  );
}
