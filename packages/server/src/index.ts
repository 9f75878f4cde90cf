export type * from './engine-port.ts';
export { startEngine, LogError, replay, ReplayError, type ReplayReport } from './engine/index.ts';
export { formatProblems, loadPlant, PlantConfigError, type Plant } from './config/index.ts';
export { startServer, type RunningServer, type ServerOptions } from './gateway/server.ts';
export { DEFAULT_LIMITS, type GatewayLimits } from './gateway/limits.ts';
export { issueToken, type TokenSubject } from './gateway/auth/token.ts';
export { loadTokenKey } from './gateway/auth/token-key.ts';
