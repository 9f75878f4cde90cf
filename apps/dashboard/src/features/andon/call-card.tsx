import { Button, TextInput } from '@mantine/core';
import { IconCheck, IconChecks } from '@tabler/icons-react';
import type { CallDocument } from '@ms5/client';
import { type SubmitEvent, useState } from 'react';
import { Timer } from '../../components/elapsed.tsx';
import { PriorityMark } from '../../components/priority-mark.tsx';
import { useText, useTimes } from '../../text/text.tsx';
import { CALL_TYPE_STYLES } from '../../theme/priorities.ts';
import { ReceiptLine } from '../command/receipt-line.tsx';
import { type Receipts, useReceipts } from '../command/use-receipts.ts';
import { equipmentName, type LineEquipment } from './line-equipment.ts';
import classes from './call-card.module.css';

interface CallCardProps {
  readonly call: CallDocument;
  readonly equipment: LineEquipment;
  readonly timeZone: string;
}

/** An open call: what, where, how urgent, since when; acknowledge, then resolve. */
export function CallCard({ call, equipment, timeZone }: CallCardProps) {
  const { t } = useText();
  const times = useTimes(timeZone);
  const receipts = useReceipts();
  const { icon: Icon } = CALL_TYPE_STYLES[call.type];
  const unacknowledged = call.status === 'raised';
  const place = call.equipment === undefined ? null : equipmentName(equipment, call.equipment);
  return (
    <article
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
        {t.andon.raisedBy(call.raisedBy)} {times.time(call.raisedAt)}
        {call.acknowledged !== undefined && (
          <>
            {' · '}
            {t.andon.acknowledgedBy(call.acknowledged.by, times.time(call.acknowledged.at))}
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

/**
 * An acknowledgement or a resolution is for what is on the screen now, so it is never kept for later:
 * without a connection it is refused at once.
 */
const ONLY_NOW = { offline: 'never' } as const;

function CallActions({ call, receipts }: { readonly call: CallDocument; readonly receipts: Receipts }) {
  const { t } = useText();
  const [resolving, setResolving] = useState(false);
  const type = t.andon.types[call.type];
  if (resolving) {
    return <ResolveForm call={call} receipts={receipts} onClose={() => setResolving(false)} />;
  }
  return (
    <div className={classes['actions']}>
      {call.status === 'raised' && (
        <Button
          size="md"
          className={classes['action'] ?? ''}
          leftSection={<IconCheck aria-hidden size={20} />}
          loading={receipts.pending}
          aria-label={t.andon.acknowledgeCall(type)}
          onClick={() =>
            void receipts.send(t.andon.acknowledge, 'acknowledgeCall', { callId: call.id }, ONLY_NOW)
          }
        >
          {t.andon.acknowledge}
        </Button>
      )}
      <Button
        size="md"
        variant={call.status === 'raised' ? 'default' : 'filled'}
        className={classes['action'] ?? ''}
        leftSection={<IconChecks aria-hidden size={20} />}
        disabled={receipts.pending}
        aria-label={t.andon.resolveCall(type)}
        onClick={() => setResolving(true)}
      >
        {t.andon.resolve}
      </Button>
    </div>
  );
}

interface ResolveFormProps {
  readonly call: CallDocument;
  readonly receipts: Receipts;
  readonly onClose: () => void;
}

function ResolveForm({ call, receipts, onClose }: ResolveFormProps) {
  const { t } = useText();
  const [note, setNote] = useState('');
  const resolve = (event: SubmitEvent): void => {
    event.preventDefault();
    const trimmed = note.trim();
    const data = { callId: call.id, ...(trimmed !== '' && { note: trimmed }) };
    void receipts.send(t.andon.resolve, 'resolveCall', data, ONLY_NOW);
    onClose();
  };
  return (
    <form className={classes['resolve']} onSubmit={resolve}>
      <TextInput
        size="md"
        label={t.andon.resolveNote}
        value={note}
        maxLength={500}
        autoComplete="off"
        autoFocus
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={classes['actions']}>
        <Button
          type="submit"
          size="md"
          className={classes['action'] ?? ''}
          leftSection={<IconChecks size={20} />}
        >
          {t.andon.resolve}
        </Button>
        <Button type="button" size="md" variant="default" onClick={onClose}>
          {t.common.cancel}
        </Button>
      </div>
    </form>
  );
}
