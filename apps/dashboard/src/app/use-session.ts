import { useSyncExternalStore } from 'react';
import { usePorts } from './ports.ts';
import type { Session } from './session.ts';

export function useSession(): Session {
  const { session } = usePorts();
  return useSyncExternalStore(session.subscribe, session.get);
}
