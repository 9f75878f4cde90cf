import type { Random } from '@ms5/hub';
import type { ClientAddresses } from '../client-address.ts';
import type { GatewayLimits } from '../limits.ts';

/** `soft`: take it, tell it when to come back, close it. */
type Admission = 'admitted' | 'soft' | 'hard' | 'address';

export interface ConnectionCounts {
  /** Where a request comes from, as connections are counted. */
  readonly addressOf: ClientAddresses['of'];
  /** Whether one more connection from the address may be served. Counts it towards those per second only. */
  admit(address: string): Admission;
  /** What one that is not served is told to wait, ms: not all the same, so that they do not come back together. */
  retryAfterMs(): number;
  opened(address: string): void;
  closed(address: string): void;
  total(): number;
}

export interface ConnectionCountsOptions {
  readonly limits: GatewayLimits;
  readonly addresses: ClientAddresses;
  readonly now: () => number;
  readonly random: Random;
}

export function createConnectionCounts(options: ConnectionCountsOptions): ConnectionCounts {
  const { limits, addresses, now, random } = options;
  const takeAccept = createAcceptLimit(limits);
  let total = 0;
  const byAddress = new Map<string, number>();
  return {
    addressOf: (request) => addresses.of(request),
    admit(address) {
      if (total >= limits.hardConnections) return 'hard';
      if ((byAddress.get(address) ?? 0) >= limits.connectionsPerAddress) return 'address';
      if (total >= limits.softConnections) return 'soft';
      return takeAccept(now()) ? 'admitted' : 'soft';
    },
    retryAfterMs: () => Math.round(limits.connectionRetryAfterMs * (1 + random.next())),
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

/** `acceptBurst` at once, then `acceptsPerSecond`. */
function createAcceptLimit({ acceptBurst, acceptsPerSecond }: GatewayLimits): (nowMs: number) => boolean {
  let left = acceptBurst;
  let at = 0;
  return (nowMs) => {
    left = Math.min(acceptBurst, left + (Math.max(0, nowMs - at) * acceptsPerSecond) / 1_000);
    at = Math.max(at, nowMs);
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
