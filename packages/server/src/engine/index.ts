export { startEngine } from './start-engine.ts';
export { LogError, type LogErrorCode } from './log/log-error.ts';
export { replay, ReplayError, type ReplayOptions, type ReplayReport } from './replay.ts';
