import type { CommandOptions, FactoryCommandName, FactoryCommands, Json } from '@ms5/client';
import { useClient } from '@ms5/react';
import { useCallback, useEffect, useReducer, useRef } from 'react';
import { followReceipts, type Receipt, truthOf, truthOfFailure } from './receipts.ts';

/** How long a success stays to be read; what failed stays until it is dismissed. */
const SUCCESS_SHOWN_MS = 6000;

export interface Receipts {
  readonly receipts: readonly Receipt[];
  readonly pending: boolean;
  /** Resolves to whether the server applied it. */
  readonly send: <N extends FactoryCommandName>(
    label: string,
    name: N,
    data: FactoryCommands[N],
    options?: CommandOptions,
  ) => Promise<boolean>;
  readonly dismiss: (id: number) => void;
}

/** Sends commands and keeps what is true of each. */
export function useReceipts(): Receipts {
  const client = useClient();
  const [receipts, dispatch] = useReducer(followReceipts, []);
  const nextId = useRef(1);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const running = timers.current;
    return () => {
      for (const timer of running) clearTimeout(timer);
      running.clear();
    };
  }, []);

  const send = useCallback<Receipts['send']>(
    async (label, name, data, options) => {
      const id = nextId.current;
      nextId.current += 1;
      const given: Json = { ...data };
      dispatch({ type: 'sent', id, label, at: client.serverTime(), data: given });
      const truth = await client.command(name, given, options).then(truthOf, truthOfFailure);
      dispatch({ type: 'settled', id, truth });
      if (truth.stage !== 'onBoard') return false;
      timers.current.add(setTimeout(() => dispatch({ type: 'dismissed', id }), SUCCESS_SHOWN_MS));
      return true;
    },
    [client],
  );
  const dismiss = useCallback((id: number) => dispatch({ type: 'dismissed', id }), []);
  const pending = receipts.some(({ truth }) => truth.stage === 'pending');
  return { receipts, pending, send, dismiss };
}
