import type { EquipmentPath, Observation } from '@ms5/domain';
import type { SystemHealthDocument, TelemetryValue } from '@ms5/wire/factory';

export type ConnectorStatus = SystemHealthDocument['connectors']['list'][number];

export interface Telemetry {
  readonly name: string;
  readonly at: number;
  readonly value: TelemetryValue;
}

/** Where a connector delivers. */
export interface ConnectorSink {
  /** Takes observations in order; resolves when they are durable, with why some were refused. */
  observations(observations: readonly Observation[]): Promise<readonly string[]>;
  telemetry(equipment: EquipmentPath, values: readonly Telemetry[]): void;
  status(status: ConnectorStatus): void;
}

/** A running connection to a machine. */
export interface Connector {
  readonly id: string;
  /** Hands over what it holds and ends the connection. Idempotent. */
  close(): void;
}
