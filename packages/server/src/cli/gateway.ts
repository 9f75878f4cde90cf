// What `serve` and `demo` load while the engine's thread starts.
export { revocationsFileIn } from '../gateway/auth/revocations.ts';
export { loadTokenKey } from '../gateway/auth/token-key.ts';
export { createLogger } from '../gateway/log.ts';
export { startServer } from '../gateway/server.ts';
export { startHistory } from '../history/index.ts';
