import {
  connectionHealth,
  type Client,
  type ClientStatistics,
  type ConnectionHealth,
  type ConnectionState,
  type PendingCommand,
} from '@ms5/client';
import { useConnection, useOutbox } from '../connection.ts';
import { useClient } from '../provider.ts';
import { useServerTime } from '../server-time.ts';

export interface WebSocketHandle {
  readonly connection: ConnectionState;
  readonly isLive: boolean;
  readonly pending: readonly PendingCommand[];
  readonly command: Client['command'];
}

/** The connection, what waits to be sent, and a way to send: `useConnection` and `useOutbox` in one. */
export function useWebSocket(): WebSocketHandle {
  const client = useClient();
  const connection = useConnection();
  const pending = useOutbox();
  return {
    connection,
    isLive: connection.status === 'live',
    pending,
    command: (name, data, options) => client.command(name, data, options),
  };
}

export interface EnhancedWebSocketHandle extends WebSocketHandle {
  readonly statistics: ClientStatistics;
  readonly health: ConnectionHealth;
}

/** `useWebSocket` with statistics and a health score, measured anew each second. */
export function useEnhancedWebSocket(): EnhancedWebSocketHandle {
  const client = useClient();
  const handle = useWebSocket();
  useServerTime();
  const statistics = client.statistics();
  return { ...handle, statistics, health: connectionHealth(handle.connection, statistics) };
}
