import { createContext, useContext } from 'react';
import type { SessionStore } from './session.ts';
import type { WorkspaceStore } from './workspace.ts';

/** What the dashboard needs from outside; given once, where it is mounted. */
export interface Ports {
  readonly session: SessionStore;
  readonly workspaces: WorkspaceStore;
}

const PortsContext = createContext<Ports | null>(null);
export const PortsProvider = PortsContext.Provider;

export function usePorts(): Ports {
  const ports = useContext(PortsContext);
  if (ports === null) throw new Error('usePorts needs a PortsProvider');
  return ports;
}
