import { ActionIcon } from '@mantine/core';
import { IconCircleCheckFilled, IconDeviceFloppy, IconSend, IconSendOff, IconX } from '@tabler/icons-react';
import { useClient, useConnection, useOutbox } from '@ms5/react';
import { WaitingTimer } from '../../components/elapsed.tsx';
import { useNow } from '../../components/use-now.ts';
import { useText } from '../../text/text.tsx';
import classes from './receipt-line.module.css';
import type { Receipt, Truth } from './receipts.ts';

/** Unsent for so long, people must not rely on it. */
const USE_THE_PHONE_MS = 30_000;

interface ReceiptLineProps {
  readonly receipt: Receipt;
  readonly onDismiss?: (id: number) => void;
}

/** NOT SENT, SAVED HERE or ON THE BOARD, in words, icon and place; green only for the last. */
export function ReceiptLine({ receipt, onDismiss }: ReceiptLineProps) {
  const { t } = useText();
  const stage = useStage(receipt);
  return (
    <div className={classes['line']} data-stage={stage} role="status" data-testid={`receipt ${stage}`}>
      <StageIcon stage={stage} />
      <span className={classes['words']}>
        <strong className={classes['stage']}>{t.truth.stages[stage]}</strong>
        <span>{receipt.label}</span>
        {stage === 'saved' && <SavedDetail />}
        {receipt.truth.stage === 'pending' && <Unsent at={receipt.at} />}
        {receipt.truth.stage === 'notSent' && <Refusal truth={receipt.truth} />}
      </span>
      {receipt.truth.stage !== 'pending' && onDismiss !== undefined && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={44}
          aria-label={t.truth.dismiss}
          onClick={() => onDismiss(receipt.id)}
        >
          <IconX size={18} />
        </ActionIcon>
      )}
    </div>
  );
}

type Stage = Truth['stage'] | 'saving' | 'saved';

/** Not connected, an act is *saved here* only once the outbox holds it. */
function useStage({ truth, data }: Receipt): Stage {
  const live = useConnection((state) => state.status === 'live');
  const kept = useOutbox((pending) => pending.some((one) => one.data === data));
  if (truth.stage !== 'pending' || live) return truth.stage;
  return kept ? 'saved' : 'saving';
}

function StageIcon({ stage }: { readonly stage: Stage }) {
  const Icon = {
    saving: IconDeviceFloppy,
    saved: IconDeviceFloppy,
    pending: IconSend,
    onBoard: IconCircleCheckFilled,
    notSent: IconSendOff,
  }[stage];
  return <Icon aria-hidden size={24} stroke={2} className={classes['icon'] ?? ''} />;
}

function SavedDetail() {
  const { t } = useText();
  const durable = useClient().statistics().isOutboxDurable;
  return (
    <span className={classes['detail']}>
      {t.truth.savedDetail}
      {!durable && ` ${t.truth.savedInTab}`}
    </span>
  );
}

/** Whether kept here or on its way: after a while nobody may wait for it any longer. */
function Unsent({ at }: { readonly at: number }) {
  const { t } = useText();
  if (useNow() - at < USE_THE_PHONE_MS) return null;
  return (
    <span className={classes['urgent']}>
      {t.truth.unsentLong} <WaitingTimer since={at} />
    </span>
  );
}

function Refusal({ truth }: { readonly truth: Extract<Truth, { stage: 'notSent' }> }) {
  const { t } = useText();
  return (
    <span className={classes['detail']}>{t.truth.refusals[truth.code] ?? truth.message ?? truth.code}</span>
  );
}
