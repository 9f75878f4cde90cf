import type { AlarmDocument } from '@ms5/client';
import { type CollectionView, type ViewsOf, useCollections } from '@ms5/react';
import { useMemo } from 'react';
import { useSession } from '../../../app/use-session.ts';
import { Card } from '../../../components/card.tsx';
import { useText } from '../../../text/text.tsx';
import type { LineEquipment } from '../../andon/line-equipment.ts';
import { OldData } from '../../connection/old-data.tsx';
import classes from './alarm-card.module.css';
import { AlarmRow } from './alarm-row.tsx';
import { mayAct, sortAlarms } from './alarm-model.ts';

interface AlarmCardProps {
  /** Topic of the line, `{site}/{area}/{line}`. */
  readonly topic: string;
  /** `{area}/{line}` */
  readonly line: string;
  readonly equipment: LineEquipment;
  readonly timeZone: string;
}

const selectAlarms = ({ value, freshness }: ViewsOf<CollectionView<AlarmDocument>>) => ({ value, freshness });

/** Alarms of the line's machines that people are to know of; nothing where there are none. */
export function AlarmCard({ topic, line, equipment, timeZone }: AlarmCardProps) {
  const { t } = useText();
  const session = useSession();
  const { value, freshness } = useCollections<AlarmDocument, ReturnType<typeof selectAlarms>>(
    `${topic}/+/alarms`,
    selectAlarms,
  );
  const { shown, hidden } = useMemo(
    () => sortAlarms([...value.values()].flatMap((view) => Array.from(view.value.values()))),
    [value],
  );
  if (shown.length === 0 && hidden === 0) return null;
  const acts = session.status === 'signedIn' && mayAct(session.login.user.roles);
  return (
    <Card
      title={t.alarms.title}
      aside={
        <>
          {hidden > 0 && <span>{t.alarms.hidden(hidden)}</span>}
          <OldData freshness={freshness} />
        </>
      }
    >
      <ul className={classes['list']} aria-label={t.alarms.title} data-testid="alarms">
        {shown.map((alarm) => (
          <AlarmRow
            key={`${alarm.equipment}/${alarm.alarm}`}
            alarm={alarm}
            line={line}
            equipment={equipment}
            timeZone={timeZone}
            mayAcknowledge={acts}
          />
        ))}
      </ul>
    </Card>
  );
}
