import type { CallDocument } from '@ms5/client';
import { useCollection } from '@ms5/react';
import { Card } from '../../components/card.tsx';
import { useText } from '../../text/text.tsx';
import { OldData } from '../connection/old-data.tsx';
import classes from './andon-panel.module.css';
import { sortCalls } from './call-model.ts';
import { CallCard } from './call-card.tsx';
import type { LineEquipment } from './line-equipment.ts';
import { RaiseCall } from './raise-call.tsx';
import { RecentCalls } from './recent-calls.tsx';
import { SavedCommands } from './saved-commands.tsx';

interface AndonPanelProps {
  readonly site: string;
  /** `{area}/{line}` */
  readonly line: string;
  readonly equipment: LineEquipment;
  readonly timeZone: string;
  readonly className?: string | undefined;
}

/** Everything about calls of one line: raise, open ones with running timers, recent ones. */
export function AndonPanel({ site, line, equipment, timeZone, className }: AndonPanelProps) {
  const { t } = useText();
  const topic = `${site}/${line}/andon`;
  const view = useCollection<CallDocument>(topic);
  const { open, recent } = sortCalls(view.value.values());
  return (
    <Card title={t.andon.title} aside={<OldData freshness={view.freshness} />} className={className}>
      <RaiseCall line={line} equipment={equipment} />
      <SavedCommands line={line} />
      <section aria-label={t.andon.open} className={classes['part']} data-testid="open-calls">
        <h3 className={classes['heading']}>
          {t.andon.open} <span className={classes['count']}>{open.length}</span>
        </h3>
        {open.length === 0 && <p className={classes['none']}>{t.andon.none}</p>}
        <ul className={classes['list']}>
          {open.map((call) => (
            <li key={call.id}>
              <CallCard topic={topic} call={call} equipment={equipment} timeZone={timeZone} />
            </li>
          ))}
        </ul>
      </section>
      <RecentCalls calls={recent} timeZone={timeZone} />
    </Card>
  );
}
