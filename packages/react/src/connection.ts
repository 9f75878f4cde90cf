import type { Client, ConnectionState, PendingCommand } from '@ms5/client';
import { useMemo } from 'react';
import { useClient } from './provider.ts';
import { identity, useSelected, type IsEqual, type Readable } from './select.ts';

const SERVER_STATE: ConnectionState = {
  status: 'idle',
  reason: { code: 'notStarted', message: 'Not started' },
  since: 0,
  isLostForLong: false,
};

/** The connection's state; with `select` only what matters here, for example `(state) => state.isLostForLong`. */
export function useConnection(): ConnectionState;
export function useConnection<S>(select: (state: ConnectionState) => S, isEqual?: IsEqual<S>): S;
export function useConnection<S>(
  select: (state: ConnectionState) => S = identity as (state: ConnectionState) => S,
  isEqual?: IsEqual<S>,
): S {
  const client = useClient();
  const readable = useMemo(
    (): Readable<ConnectionState> => ({
      get: () => client.state(),
      getOnServer: () => SERVER_STATE,
      subscribe: (listener) => client.onState(listener),
    }),
    [client],
  );
  return useSelected(readable, select, isEqual);
}

const NOTHING_PENDING: readonly PendingCommand[] = [];

function outboxOf(client: Client): Readable<readonly PendingCommand[]> {
  return {
    get: () => client.pending(),
    getOnServer: () => NOTHING_PENDING,
    subscribe: (listener) => client.onPending(listener),
  };
}

/** The commands whose outcome is awaited, oldest first: kept here (`saved`) or on their way (`sent`). */
export function useOutbox(): readonly PendingCommand[];
export function useOutbox<S>(select: (pending: readonly PendingCommand[]) => S, isEqual?: IsEqual<S>): S;
export function useOutbox<S>(
  select: (pending: readonly PendingCommand[]) => S = identity as (pending: readonly PendingCommand[]) => S,
  isEqual?: IsEqual<S>,
): S {
  const client = useClient();
  const readable = useMemo(() => outboxOf(client), [client]);
  return useSelected(readable, select, isEqual);
}
