import { Button } from '@mantine/core';
import { IconCheck, IconChecks } from '@tabler/icons-react';
import type { CallDocument } from '@ms5/client';
import { useState } from 'react';
import { useSession } from '../../app/use-session.ts';
import { useText } from '../../text/text.tsx';
import type { Receipts } from '../command/use-receipts.ts';
import classes from './call-actions.module.css';
import { ResolveForm } from './resolve-form.tsx';

/**
 * An act on a call is for what is on the screen now, so it is never kept for later: without a connection it is
 * refused at once.
 */
const ONLY_NOW = { offline: 'never' } as const;

interface CallActionsProps {
  readonly call: CallDocument;
  readonly receipts: Receipts;
}

export function CallActions({ call, receipts }: CallActionsProps) {
  const { t } = useText();
  const [closing, setClosing] = useState<'resolve' | 'cancel' | null>(null);
  const close = (): void => setClosing(null);
  const resolve = (note: string): void => {
    const data = { callId: call.id, ...(note !== '' && { note }) };
    void receipts.send(t.andon.resolve, 'resolveCall', data, ONLY_NOW);
    close();
  };
  const cancel = (): void => {
    void receipts.send(t.andon.cancelCall, 'cancelCall', { callId: call.id }, ONLY_NOW);
    close();
  };
  switch (closing) {
    case 'resolve':
      return <ResolveForm onResolve={resolve} onClose={close} />;
    case 'cancel':
      return <CancelQuestion onCancel={cancel} onClose={close} />;
    case null:
    default:
      return (
        <OpenActions
          call={call}
          receipts={receipts}
          onResolve={() => setClosing('resolve')}
          onCancel={() => setClosing('cancel')}
        />
      );
  }
}

interface OpenActionsProps extends CallActionsProps {
  readonly onResolve: () => void;
  readonly onCancel: () => void;
}

function OpenActions({ call, receipts, onResolve, onCancel }: OpenActionsProps) {
  const { t } = useText();
  const session = useSession();
  const unacknowledged = call.status === 'raised';
  const own = session.status === 'signedIn' && session.login.user.id === call.raisedBy;
  const type = t.andon.types[call.type];
  return (
    <div className={classes['actions']}>
      {unacknowledged && (
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
        variant={unacknowledged ? 'default' : 'filled'}
        className={classes['action'] ?? ''}
        leftSection={<IconChecks aria-hidden size={20} />}
        disabled={receipts.pending}
        aria-label={t.andon.resolveCall(type)}
        onClick={onResolve}
      >
        {t.andon.resolve}
      </Button>
      {unacknowledged && own && (
        <Button
          size="md"
          variant="subtle"
          className={classes['whole'] ?? ''}
          disabled={receipts.pending}
          onClick={onCancel}
        >
          {t.andon.cancelCall}
        </Button>
      )}
    </div>
  );
}

interface CancelQuestionProps {
  readonly onCancel: () => void;
  readonly onClose: () => void;
}

function CancelQuestion({ onCancel, onClose }: CancelQuestionProps) {
  const { t } = useText();
  return (
    <div role="group" aria-label={t.andon.cancelCall}>
      <p className={classes['question']}>{t.andon.cancelSure}</p>
      <div className={classes['actions']}>
        <Button size="md" className={classes['action'] ?? ''} onClick={onCancel}>
          {t.andon.cancelCall}
        </Button>
        <Button size="md" variant="default" className={classes['action'] ?? ''} autoFocus onClick={onClose}>
          {t.andon.keepCall}
        </Button>
      </div>
    </div>
  );
}
