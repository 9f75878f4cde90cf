export { loadPlant, parsePlant } from './load.ts';
export { parseEndpoint } from './compile.ts';
export type { ConnectorConfig, Plant, ShdrConnectorConfig, UserConfig } from './plant.ts';
export { formatProblems, PlantConfigError } from './problems.ts';
export { ROLES, type Role } from './roles.ts';
