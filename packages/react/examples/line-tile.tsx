import { createClient, lineTopics, type LineStatusDocument } from '@ms5/client';
import { Ms5Provider, useCommand, useConnection, useRecord, useServerTime } from '@ms5/react';
import type { ReactNode } from 'react';

// Built outside React: it outlives every render. Call `connect()` once the person is signed in.
export const client = createClient({
  url: 'ws://localhost:8080/ws',
  getToken: () => Promise.resolve(sessionStorage.getItem('token') ?? ''),
});

const topics = lineTopics('plant', 'packaging/line-1');

function State(): ReactNode {
  // Renders when the state or the freshness changes, and not for a new count or product.
  const { state, freshness } = useRecord<LineStatusDocument, Shown>(topics.status, (view) => ({
    state: view.value.state,
    freshness: view.freshness,
  }));
  const now = useServerTime();
  if (state === undefined) return <p>no state known</p>;
  const seconds = Math.max(0, Math.round((now - state.since) / 1000));
  return <p className={freshness}>{`${state.name} for ${seconds} s`}</p>;
}
interface Shown {
  readonly state: LineStatusDocument['state'] | undefined;
  readonly freshness: string;
}

function CallMaterial(): ReactNode {
  const { send, progress } = useCommand('raiseCall');
  const call = () => void send({ line: 'packaging/line-1', callType: 'material', priority: 'high' });
  return (
    <button onClick={call} disabled={progress.status === 'waiting'}>
      Material
    </button>
  );
}

function Notice(): ReactNode {
  const isLost = useConnection((state) => state.isLostForLong);
  return isLost ? <p role="alert">No connection: what you see is old</p> : null;
}

export function LineTile(): ReactNode {
  return (
    <Ms5Provider client={client}>
      <Notice />
      <State />
      <CallMaterial />
    </Ms5Provider>
  );
}
