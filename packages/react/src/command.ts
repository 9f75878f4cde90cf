import type { CommandOptions, FactoryCommandName, FactoryCommands, Json, Outcome } from '@ms5/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from './provider.ts';

/** `waiting`: given, its outcome not known yet (perhaps for long, when offline). */
export type CommandProgress =
  | { readonly status: 'idle' }
  | { readonly status: 'waiting' }
  | { readonly status: 'done'; readonly outcome: Outcome };

export interface CommandHandle<Data> {
  /** Resolves with the outcome, also when it is a refusal; never rejects. */
  readonly send: (data: Data, options?: CommandOptions) => Promise<Outcome>;
  /** Of the newest sending by this component. */
  readonly progress: CommandProgress;
}

const IDLE: CommandProgress = { status: 'idle' };
const WAITING: CommandProgress = { status: 'waiting' };

/** A command by name; the plant's own are typed. */
export function useCommand<Name extends FactoryCommandName>(name: Name): CommandHandle<FactoryCommands[Name]>;
export function useCommand<Data extends Json>(name: string): CommandHandle<Data>;
export function useCommand(name: string): CommandHandle<Json> {
  const client = useClient();
  const [progress, setProgress] = useState<CommandProgress>(IDLE);
  const newest = useRef(0);
  // What is sent outlives the component; only what it shows does not.
  useEffect(
    () => () => {
      newest.current += 1;
    },
    [],
  );

  const send = useCallback(
    async (data: Json, options?: CommandOptions) => {
      newest.current += 1;
      const own = newest.current;
      setProgress(WAITING);
      const outcome = await client.command(name, data, options);
      if (own === newest.current) setProgress({ status: 'done', outcome });
      return outcome;
    },
    [client, name],
  );
  return { send, progress };
}
