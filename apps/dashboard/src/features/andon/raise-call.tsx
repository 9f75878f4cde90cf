import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconBellRinging } from '@tabler/icons-react';
import type { CallPriority, CallType } from '@ms5/client';
import { useClient } from '@ms5/react';
import { type SubmitEvent, useId, useState } from 'react';
import { useText } from '../../text/text.tsx';
import { CALL_TYPE_ORDER, CALL_TYPE_STYLES, PRIORITY_ORDER } from '../../theme/priorities.ts';
import { ReceiptLine } from '../command/receipt-line.tsx';
import { useReceipts } from '../command/use-receipts.ts';
import type { LineEquipment } from './line-equipment.ts';
import { CallTypeChoice } from './call-type-choice.tsx';
import classes from './raise-call.module.css';

/**
 * A call may wait here for a connection this long; later it is sent only when asked for again. Safety calls always are.
 */
const STILL_NEEDED_MS = 5 * 60_000;

interface RaiseCallProps {
  readonly line: string;
  readonly equipment: LineEquipment;
}

interface Draft {
  readonly type: CallType;
  readonly priority: CallPriority;
  readonly equipment: string;
  readonly note: string;
}

/** One tap picks the type and with it the usual priority; the rest may stay as it is. */
export function RaiseCall({ line, equipment }: RaiseCallProps) {
  const { t } = useText();
  const client = useClient();
  const { receipts, send, dismiss } = useReceipts();
  const [draft, setDraft] = useState<Draft | null>(null);

  const pick = (type: CallType): void => {
    const usual = CALL_TYPE_STYLES[type].priority;
    setDraft((last) => ({ equipment: '', note: '', ...last, type, priority: usual }));
  };
  const raise = (event: SubmitEvent): void => {
    event.preventDefault();
    // Sending closes the form, so that a second tap finds nothing to send.
    if (draft === null) return;
    const now = client.serverTime();
    const { type, priority, note } = draft;
    const command = {
      line,
      callType: type,
      priority,
      raisedAt: Math.round(now),
      ...(draft.equipment !== '' && { equipment: draft.equipment }),
      ...(note.trim() !== '' && { note: note.trim() }),
    };
    const limit = type === 'safety' ? {} : { lateAfterMs: STILL_NEEDED_MS };
    void send(t.andon.callOf(t.andon.types[type]), 'raiseCall', command, { offline: 'queue', ...limit });
    setDraft(null);
  };

  return (
    <form className={classes['form']} onSubmit={raise} aria-label={t.andon.raise}>
      <CallTypeChoice selected={draft?.type ?? null} types={CALL_TYPE_ORDER} onSelect={pick} />
      {draft !== null && (
        <Details
          draft={draft}
          line={line}
          equipment={equipment}
          onChange={setDraft}
          onCancel={() => setDraft(null)}
        />
      )}
      {receipts.map((receipt) => (
        <ReceiptLine key={receipt.id} receipt={receipt} onDismiss={dismiss} />
      ))}
    </form>
  );
}

interface DetailsProps extends RaiseCallProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly onCancel: () => void;
}

function Details({ draft, line, equipment, onChange, onCancel }: DetailsProps) {
  const { t } = useText();
  const noteId = useId();
  return (
    <>
      <div className={classes['fields']}>
        <NativeSelect
          size="md"
          label={t.andon.priority}
          value={draft.priority}
          onChange={(event) => onChange({ ...draft, priority: event.currentTarget.value as CallPriority })}
          data={PRIORITY_ORDER.map((priority) => ({ value: priority, label: t.andon.priorities[priority] }))}
        />
        <NativeSelect
          size="md"
          label={t.andon.where}
          value={draft.equipment}
          onChange={(event) => onChange({ ...draft, equipment: event.currentTarget.value })}
          data={[
            { value: '', label: t.andon.wholeLine },
            ...equipment.map(({ id, name }) => ({ value: `${line}/${id}`, label: name })),
          ]}
        />
      </div>
      <TextInput
        id={noteId}
        size="md"
        label={t.andon.note}
        placeholder={t.andon.noteHint}
        value={draft.note}
        maxLength={500}
        autoComplete="off"
        onChange={(event) => onChange({ ...draft, note: event.currentTarget.value })}
      />
      <div className={classes['actions']}>
        <Button
          type="submit"
          size="lg"
          className={classes['raise'] ?? ''}
          leftSection={<IconBellRinging size={22} />}
        >
          {t.andon.raiseNow(t.andon.types[draft.type])}
        </Button>
        <Button type="button" size="lg" variant="default" onClick={onCancel}>
          {t.common.cancel}
        </Button>
      </div>
    </>
  );
}
