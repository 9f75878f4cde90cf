import type { GatewayLimits } from '../limits.ts';

/** `soft`: take it, tell it when to come back, close it. */
type Admission = 'admitted' | 'soft' | 'hard' | 'address';

export interface ConnectionCounts {
  /** Whether one more connection from the address may be served. Counts nothing. */
  admit(address: string): Admission;
  opened(address: string): void;
  closed(address: string): void;
  total(): number;
}

export function createConnectionCounts(limits: GatewayLimits): ConnectionCounts {
  let total = 0;
  const byAddress = new Map<string, number>();
  return {
    admit(address) {
      if (total >= limits.hardConnections) return 'hard';
      if ((byAddress.get(address) ?? 0) >= limits.connectionsPerAddress) return 'address';
      return total >= limits.softConnections ? 'soft' : 'admitted';
    },
    opened(address) {
      total += 1;
      byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
    },
    closed(address) {
      total -= 1;
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left === 0) byAddress.delete(address);
      else byAddress.set(address, left);
    },
    total: () => total,
  };
}
