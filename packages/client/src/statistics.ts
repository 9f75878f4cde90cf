import type { ClientStatistics } from './types.ts';

export interface Meter {
  connected(): void;
  received(bytes: number, at: number): void;
  failed(): void;
  read(): Pick<
    ClientStatistics,
    'messagesReceived' | 'bytesReceived' | 'reconnects' | 'errors' | 'lastMessageAt'
  >;
}

export function createMeter(): Meter {
  let connections = 0;
  let messagesReceived = 0;
  let bytesReceived = 0;
  let errors = 0;
  let lastMessageAt: number | null = null;
  return {
    connected() {
      connections += 1;
    },
    received(bytes, at) {
      messagesReceived += 1;
      bytesReceived += bytes;
      lastMessageAt = at;
    },
    failed() {
      errors += 1;
    },
    read: () => ({
      messagesReceived,
      bytesReceived,
      reconnects: Math.max(0, connections - 1),
      errors,
      lastMessageAt,
    }),
  };
}
