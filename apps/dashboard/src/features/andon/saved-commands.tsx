import type { PendingCommand } from '@ms5/client';
import { useClient, useOutbox } from '@ms5/react';
import { useState } from 'react';
import { useText } from '../../text/text.tsx';
import { ReceiptLine } from '../command/receipt-line.tsx';

/** Acts kept here from before this screen was opened, and not sent yet. Newer ones show where they were made. */
export function SavedCommands({ line }: { readonly line: string }) {
  const { t } = useText();
  const client = useClient();
  const outbox = useOutbox();
  const [openedAt] = useState(Date.now);
  const skewMs = client.statistics().skewMs ?? 0;
  return outbox
    .filter((pending) => pending.at < openedAt && concerns(pending, line))
    .map((pending) => (
      <ReceiptLine
        key={`${pending.key.clientId} ${pending.key.counter}`}
        receipt={{
          id: pending.key.counter,
          label: t.truth.commands[pending.command] ?? pending.command,
          at: pending.at + skewMs,
          data: pending.data,
          truth: { stage: 'pending' },
        }}
      />
    ));
}

function concerns({ data }: PendingCommand, line: string): boolean {
  return typeof data === 'object' && data !== null && 'line' in data && data['line'] === line;
}
