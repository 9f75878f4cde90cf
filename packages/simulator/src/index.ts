export { systemClock } from './clock/system-clock.ts';
export type { Clock } from './clock/clock.ts';
export * from './player/index.ts';
