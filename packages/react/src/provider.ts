import type { Client } from '@ms5/client';
import { createContext, createElement, useContext, type ReactNode } from 'react';
import { systemScreen, type ScreenPort } from './screen-system.ts';

const ClientContext = createContext<Client | null>(null);
const ScreenContext = createContext<ScreenPort>(systemScreen);

export interface Ms5ProviderProps {
  /** Built, connected and closed outside React: it outlives every render. */
  readonly client: Client;
  /** What `useDisplayed` goes by. Omitted: the browser's. */
  readonly screen?: ScreenPort;
  readonly children?: ReactNode;
}

export function Ms5Provider({ client, screen = systemScreen, children }: Ms5ProviderProps): ReactNode {
  const shown = createElement(ScreenContext, { value: screen }, children);
  return createElement(ClientContext, { value: client }, shown);
}

/** The client of the nearest provider. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('useClient: there is no Ms5Provider above this component');
  return client;
}

export const useScreen = (): ScreenPort => useContext(ScreenContext);
