import { useClient, useConnection } from '@ms5/react';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { type Liveness, nextLiveness } from './liveness.ts';

const LivenessContext = createContext<Liveness>({ kind: 'starting' });

export function LivenessProvider({ children }: { readonly children: ReactNode }) {
  const connection = useConnection();
  const [liveness, setLiveness] = useState<Liveness>({ kind: 'starting' });
  const next = nextLiveness(liveness, connection);
  if (next !== liveness) setLiveness(next);
  return <LivenessContext value={next}>{children}</LivenessContext>;
}

export function useLiveness(): Liveness {
  return useContext(LivenessContext);
}

/** Server time of the last moment at which this screen was live; `null` while it is (or was lost just now). */
export function useCutSince(): number | null {
  const client = useClient();
  const liveness = useLiveness();
  return liveness.kind === 'cut' ? liveness.since + (client.statistics().skewMs ?? 0) : null;
}
