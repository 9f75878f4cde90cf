export { startEngine } from './start-engine.ts';
export { LogError } from './log/log-error.ts';
export { replay, ReplayError, type ReplayReport } from './replay.ts';
