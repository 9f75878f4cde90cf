import type { DialectName } from '../load/dialect.ts';
import type { Ms5Options } from '../load/ms5-dialect.ts';
import type { Latencies } from './latencies.ts';
import { LOAD_CORE, nodeCommand, startChild, type Child } from './child.ts';

export interface ConnectOrder {
  readonly dialect: DialectName;
  readonly port: number;
  readonly count: number;
  /** Dialect `frames` only. */
  readonly path?: string;
  /** Dialect `ms5` only. */
  readonly ms5?: Ms5Options;
  /** One for each connection, in place of the one for all in `ms5`. */
  readonly tokens?: readonly string[];
  /** Offers permessage-deflate. */
  readonly deflate?: boolean;
  /** Reads nothing once it is subscribed. */
  readonly isFrozen?: boolean;
}

export interface LoadReport {
  readonly elapsedMs: number;
  readonly connections: number;
  readonly closedByServer: number;
  readonly deliveries: number;
  readonly frames: number;
  readonly bytes: number;
  readonly gaps: number;
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly critical: {
    readonly count: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
    readonly steps: ReturnType<Latencies['steps']>;
  };
  /** Of one core. */
  readonly cpuShare: number;
  readonly loopDelayP99Ms: number;
}

export function startLoad(core: number = LOAD_CORE): Promise<Child> {
  return startChild(core, nodeCommand('load.ts', ['--max-semi-space-size=64']));
}
