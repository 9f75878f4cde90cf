export { loadPlant, parsePlant, type PlantResult } from './load.ts';
export { parseEndpoint } from './compile.ts';
export type { ConnectorConfig, Plant, ShdrConnectorConfig, UserConfig } from './plant.ts';
export { formatProblem, formatProblems, PlantConfigError, type PlantProblem } from './problems.ts';
export { ROLES, type Role } from './roles.ts';
