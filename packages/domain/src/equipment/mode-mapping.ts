import type { ModeMapping } from '../plant/plant.ts';

/** A mode a machine tells while it does not know it; as if none were told. */
export const UNKNOWN_MODE = 'unknown';

/** What a raw mode means; one that no table knows is a mode by that name. */
export function modeOf(mapping: ModeMapping | undefined, raw: string): string {
  return mapping !== undefined && Object.hasOwn(mapping, raw) ? (mapping[raw] ?? raw) : raw;
}

/** ISA-TR88.00.02, `UnitModeCurrent` by name or number. Those above 3 are the plant's own. */
export const PACKML_MODES: ModeMapping = {
  Production: 'production',
  1: 'production',
  Maintenance: 'maintenance',
  2: 'maintenance',
  Manual: 'manual',
  3: 'manual',
};

/** MTConnect CONTROLLER_MODE. */
export const MTCONNECT_MODES: ModeMapping = {
  AUTOMATIC: 'production',
  SEMI_AUTOMATIC: 'production',
  MANUAL: 'manual',
  MANUAL_DATA_INPUT: 'manual',
  EDIT: 'manual',
  UNAVAILABLE: UNKNOWN_MODE,
};

/** OPC UA for Machinery (40001-1), MachineryOperationMode. */
export const OPCUA_MACHINERY_MODES: ModeMapping = {
  None: UNKNOWN_MODE,
  Maintenance: 'maintenance',
  Processing: 'production',
  Setup: 'setup',
};
