import type { ConnectOrder } from '../measure/load.ts';

/** A server under test that is running. */
export interface RunningPeer {
  /** The process whose CPU counts. */
  readonly serverPid: number;
  /** How a load process connects to it. */
  order(count: number): ConnectOrder;
  publish(rate: number): Promise<void>;
  /** Events published since `publish`. */
  emitted(): Promise<number>;
  stop(): Promise<void>;
}

export interface Peer {
  readonly name: string;
  /** As the table shows it; why it is absent, where it cannot be started. */
  readonly found: { readonly version: string } | { readonly absent: string };
  start(): Promise<RunningPeer>;
}
