import type { Client } from '@ms5/client';
import { createContext, createElement, useContext, type ReactNode } from 'react';

const ClientContext = createContext<Client | null>(null);

export interface Ms5ProviderProps {
  /** Built, connected and closed outside React: it outlives every render. */
  readonly client: Client;
  readonly children?: ReactNode;
}

export function Ms5Provider({ client, children }: Ms5ProviderProps): ReactNode {
  return createElement(ClientContext, { value: client }, children);
}

/** The client of the nearest provider. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('useClient: there is no Ms5Provider above this component');
  return client;
}
