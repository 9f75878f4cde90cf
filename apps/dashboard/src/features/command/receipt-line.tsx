import { ActionIcon, Button } from '@mantine/core';
import type { PendingCommand } from '@ms5/client';
import {
  IconCircleCheckFilled,
  IconDeviceFloppy,
  IconHelpCircle,
  IconSend,
  IconSendOff,
  IconX,
} from '@tabler/icons-react';
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

/**
 * NOT SENT (perhaps to be sent still), SAVED HERE or ON THE BOARD, in words, icon and place; green only for the last.
 */
export function ReceiptLine({ receipt, onDismiss }: ReceiptLineProps) {
  const { t } = useText();
  const kept = useKept(receipt);
  const stage = useStage(receipt, kept);
  return (
    <div className={classes['line']} data-stage={stage} role="status" data-testid={`receipt ${stage}`}>
      <StageIcon stage={stage} />
      <span className={classes['words']}>
        <strong className={classes['stage']}>{t.truth.stages[stage]}</strong>
        <span>{receipt.label}</span>
        {stage === 'saved' && <SavedDetail />}
        {stage === 'late' && <span className={classes['detail']}>{t.truth.lateDetail}</span>}
        {receipt.truth.stage === 'pending' && stage !== 'late' && <Unsent at={receipt.at} />}
        {receipt.truth.stage === 'notSent' && <Refusal truth={receipt.truth} />}
      </span>
      {stage === 'late' && kept !== undefined && <LateChoice command={kept} />}
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

type Stage = Truth['stage'] | 'saving' | 'saved' | 'late';

const useKept = ({ data }: Receipt): PendingCommand | undefined =>
  useOutbox((pending) => pending.find((one) => one.data === data));

/** Not connected, an act is *saved here* only once the outbox holds it. */
function useStage({ truth }: Receipt, kept: PendingCommand | undefined): Stage {
  const live = useConnection((state) => state.status === 'live');
  if (truth.stage !== 'pending') return truth.stage;
  if (kept?.status === 'late') return 'late';
  if (live) return truth.stage;
  return kept === undefined ? 'saving' : 'saved';
}

/** It waited so long that its author has to say whether it still counts. */
function LateChoice({ command }: { readonly command: PendingCommand }) {
  const { t } = useText();
  const client = useClient();
  return (
    <span className={classes['choice']}>
      <Button size="md" onClick={() => client.confirm(command.key)}>
        {t.truth.sendLate}
      </Button>
      <Button size="md" variant="default" onClick={() => client.discard(command.key)}>
        {t.truth.discardLate}
      </Button>
    </span>
  );
}

function StageIcon({ stage }: { readonly stage: Stage }) {
  const Icon = {
    saving: IconDeviceFloppy,
    saved: IconDeviceFloppy,
    late: IconHelpCircle,
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
