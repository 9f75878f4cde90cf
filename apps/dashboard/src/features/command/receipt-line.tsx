import { ActionIcon } from '@mantine/core';
import { IconCircleCheckFilled, IconDeviceFloppy, IconSend, IconSendOff, IconX } from '@tabler/icons-react';
import { useConnection } from '@ms5/react';
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
  const connection = useConnection();
  const saved = receipt.truth.stage === 'pending' && connection.status !== 'live';
  const stage = saved ? 'saved' : receipt.truth.stage;
  return (
    <div className={classes['line']} data-stage={stage} role="status" data-testid={`receipt ${stage}`}>
      <StageIcon stage={stage} />
      <span className={classes['words']}>
        <strong className={classes['stage']}>
          {
            {
              saved: t.truth.saved,
              pending: t.truth.sending,
              onBoard: t.truth.onBoard,
              notSent: t.truth.notSent,
            }[stage]
          }
        </strong>
        <span>{receipt.label}</span>
        {saved && <SavedDetail at={receipt.at} />}
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

function StageIcon({ stage }: { readonly stage: 'saved' | Truth['stage'] }) {
  const Icon = {
    saved: IconDeviceFloppy,
    pending: IconSend,
    onBoard: IconCircleCheckFilled,
    notSent: IconSendOff,
  }[stage];
  return <Icon aria-hidden size={24} stroke={2} className={classes['icon'] ?? ''} />;
}

function SavedDetail({ at }: { readonly at: number }) {
  const { t } = useText();
  const long = useNow() - at >= USE_THE_PHONE_MS;
  return (
    <span className={long ? classes['urgent'] : classes['detail']}>
      {long ? t.truth.savedLong : t.truth.savedDetail} <WaitingTimer since={at} />
    </span>
  );
}

function Refusal({ truth }: { readonly truth: Extract<Truth, { stage: 'notSent' }> }) {
  const { t } = useText();
  return (
    <span className={classes['detail']}>{t.truth.refusals[truth.code] ?? truth.message ?? truth.code}</span>
  );
}
