import { Button } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import type { DowntimeDocument } from '@ms5/client';
import { useState } from 'react';
import { Timer } from '../../../components/elapsed.tsx';
import { StateWord } from '../../../components/state-word.tsx';
import { formatTimer } from '../../../format/duration.ts';
import { useText, useTimes } from '../../../text/text.tsx';
import { ReceiptLine } from '../../command/receipt-line.tsx';
import { useReceipts } from '../../command/use-receipts.ts';
import classes from './downtime-row.module.css';
import { ReasonChoice } from './reason-choice.tsx';

interface DowntimeRowProps {
  readonly stop: DowntimeDocument;
  readonly reasons: ReadonlyMap<string, string>;
  readonly timeZone: string;
}

export function DowntimeRow({ stop, reasons, timeZone }: DowntimeRowProps) {
  const { t } = useText();
  const times = useTimes(timeZone);
  const { receipts, send, dismiss } = useReceipts();
  const [choosing, setChoosing] = useState(false);
  const from = times.time(stop.from);
  const title = t.downtime.assignFor(t.state[stop.state], from);
  const assign = (reason: string): void => {
    setChoosing(false);
    void send(reasons.get(reason) ?? reason, 'classifyDowntime', { downtimeId: stop.id, reason });
  };
  return (
    <li className={classes['row']} data-testid="downtime">
      <div className={classes['what']}>
        <StateWord look={stop.state} />
        <span className={classes['detail']}>
          {times.timeSeconds(stop.from)}
          {stop.to === null && ` · ${t.downtime.open}`}
          {stop.minor && ` · ${t.downtime.minor}`}
        </span>
      </div>
      <span className={classes['duration']}>
        {stop.to === null ? <Timer since={stop.from} /> : formatTimer(stop.to - stop.from)}
      </span>
      <span className={classes['reason']}>
        {stop.reason === undefined ? (
          <Button
            size="sm"
            variant="default"
            className={classes['assign'] ?? ''}
            aria-label={title}
            onClick={() => setChoosing(true)}
          >
            {t.downtime.assign}
          </Button>
        ) : (
          <Button
            size="sm"
            variant="subtle"
            className={classes['assign'] ?? ''}
            rightSection={<IconPencil aria-hidden size={16} />}
            aria-label={`${reasons.get(stop.reason) ?? stop.reason}. ${t.downtime.change}: ${title}`}
            onClick={() => setChoosing(true)}
          >
            {reasons.get(stop.reason) ?? stop.reason}
          </Button>
        )}
      </span>
      {receipts.length > 0 && (
        <div className={classes['receipts']}>
          {receipts.map((receipt) => (
            <ReceiptLine key={receipt.id} receipt={receipt} onDismiss={dismiss} />
          ))}
        </div>
      )}
      {choosing && (
        <ReasonChoice
          title={title}
          reasons={reasons}
          likely={stop.likely ?? []}
          current={stop.reason ?? null}
          onChoose={assign}
          onClose={() => setChoosing(false)}
        />
      )}
    </li>
  );
}
