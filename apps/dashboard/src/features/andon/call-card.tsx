import type { CallDocument } from '@ms5/client';
import { useDisplayed } from '@ms5/react';
import { Timer } from '../../components/elapsed.tsx';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useText, useTimes } from '../../text/text.tsx';
import { CALL_TYPE_STYLES } from '../../theme/priorities.ts';
import { ReceiptLine } from '../command/receipt-line.tsx';
import { useReceipts } from '../command/use-receipts.ts';
import { CallActions } from './call-actions.tsx';
import { equipmentName, type LineEquipment } from './line-equipment.ts';
import classes from './call-card.module.css';

interface CallCardProps {
  /** Where the call comes from. */
  readonly topic: string;
  readonly call: CallDocument;
  readonly equipment: LineEquipment;
  readonly timeZone: string;
}

/** An open call: what, where, how urgent, since when; acknowledge, then resolve. */
export function CallCard({ topic, call, equipment, timeZone }: CallCardProps) {
  const { t } = useText();
  const times = useTimes(timeZone);
  const receipts = useReceipts();
  const displayed = useDisplayed(topic, call.displayed === undefined ? call.id : null);
  const { icon: Icon } = CALL_TYPE_STYLES[call.type];
  const unacknowledged = call.status === 'raised';
  const place = call.equipment === undefined ? null : equipmentName(equipment, call.equipment);
  return (
    <article
      ref={displayed}
      className={classes['card']}
      data-status={call.status}
      data-priority={call.priority}
      data-testid="call"
    >
      <header className={classes['head']}>
        <Icon aria-hidden size={26} stroke={1.8} className={classes['icon'] ?? ''} />
        <div className={classes['what']}>
          <h4 className={classes['type']}>{t.andon.types[call.type]}</h4>
          <span className={classes['where']}>{place ?? t.andon.wholeLine}</span>
        </div>
        <div className={classes['urgency']}>
          <PriorityMark priority={call.priority} flashing={unacknowledged} />
          <span className={classes['timer']}>
            <Timer since={call.raisedAt} />
          </span>
        </div>
      </header>
      {call.note !== undefined && <p className={classes['note']}>{call.note}</p>}
      <p className={classes['acts']}>
        <strong data-testid="call-status">{t.andon.statuses[call.status]}</strong>
        {' · '}
        {t.andon.raisedBy(call.raisedByName ?? call.raisedBy)} {times.time(call.raisedAt)}
        {call.displayed !== undefined && (
          <>
            {' · '}
            {t.andon.displayedAt(times.time(call.displayed.at))}
          </>
        )}
        {call.acknowledged !== undefined && (
          <>
            {' · '}
            {t.andon.acknowledgedBy(
              call.acknowledged.byName ?? call.acknowledged.by,
              times.time(call.acknowledged.at),
            )}
          </>
        )}
      </p>
      <CallActions call={call} receipts={receipts} />
      {receipts.receipts.map((receipt) => (
        <ReceiptLine key={receipt.id} receipt={receipt} onDismiss={receipts.dismiss} />
      ))}
    </article>
  );
}
