export type * from './ports.ts';
export type { HubLogEntry } from './hub-core.ts';
export type { HubLimits } from './limits.ts';
export { createHub, type HubOptions } from './create-hub.ts';
