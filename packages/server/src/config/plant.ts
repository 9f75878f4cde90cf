import type { EquipmentPath, PlantConfig } from '@ms5/domain';
import type { Role } from './roles.ts';

/** A machine the server connects to. */
export interface ShdrConnectorConfig {
  readonly id: string;
  readonly kind: 'shdr';
  readonly host: string;
  readonly port: number;
  readonly equipment: EquipmentPath;
  readonly keys: {
    readonly execution?: string;
    readonly partCount?: string;
    readonly rejectCount?: string;
    readonly program?: string;
    readonly availability?: string;
    readonly mode?: string;
  };
  /** Program name → product id. */
  readonly programs: Readonly<Record<string, string>>;
  /** SHDR keys published as signals. */
  readonly telemetry: readonly string[];
}

export type ConnectorConfig = ShdrConnectorConfig;

export interface UserConfig {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** `scrypt$N$r$p$salt$hash`; absent: no login by password. */
  readonly password?: string;
  /** Where messages of escalations go. Not in the log. */
  readonly email?: string;
  /** Of texts sent to them. */
  readonly language?: 'en' | 'de';
}

/** A valid plant file: what the domain needs, and what the server needs around it. */
export interface Plant {
  readonly config: PlantConfig;
  readonly connectors: readonly ConnectorConfig[];
  readonly users: readonly UserConfig[];
  /** The file's path as given. */
  readonly source: string;
}
