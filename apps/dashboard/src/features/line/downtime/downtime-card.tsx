import { Switch } from '@mantine/core';
import type { DowntimeDocument } from '@ms5/client';
import { useCollection } from '@ms5/react';
import { useState } from 'react';
import { Card } from '../../../components/card.tsx';
import { useText } from '../../../text/text.tsx';
import { OldData } from '../../connection/old-data.tsx';
import classes from './downtime-card.module.css';
import { DowntimeRow } from './downtime-row.tsx';
import { sortDowntime } from './downtime-model.ts';

interface DowntimeCardProps {
  /** Topic of the line, `{site}/{area}/{line}`. */
  readonly topic: string;
  readonly reasons: ReadonlyMap<string, string>;
  readonly timeZone: string;
  readonly className?: string | undefined;
}

/** The stops of the constraint equipment, the latest first; each may be given a reason. */
export function DowntimeCard({ topic, reasons, timeZone, className }: DowntimeCardProps) {
  const { t } = useText();
  const view = useCollection<DowntimeDocument>(`${topic}/downtime`);
  const [withMinor, setWithMinor] = useState(false);
  const { stops, minor, withoutReason } = sortDowntime(view.value.values());
  const shown = withMinor ? stops : stops.filter((stop) => !stop.minor);
  return (
    <Card
      title={t.downtime.title}
      className={className}
      aside={
        <>
          {withoutReason > 0 && <strong>{t.downtime.withoutReason(withoutReason)}</strong>}
          <OldData freshness={view.freshness} />
          {minor > 0 && (
            <Switch
              size="sm"
              classNames={{ label: classes['switch'] ?? '' }}
              checked={withMinor}
              onChange={(event) => setWithMinor(event.currentTarget.checked)}
              label={`${t.downtime.showMinor} (${minor})`}
            />
          )}
        </>
      }
    >
      {shown.length === 0 ? (
        <p className={classes['none']}>{minor > 0 && !withMinor ? t.downtime.onlyMinor : t.downtime.none}</p>
      ) : (
        <ul className={classes['list']} tabIndex={0} aria-label={t.downtime.title}>
          {shown.map((stop) => (
            <DowntimeRow key={stop.id} stop={stop} reasons={reasons} timeZone={timeZone} />
          ))}
        </ul>
      )}
    </Card>
  );
}
