export { systemClock } from './clock/system-clock.ts';
export { sleep, type Clock } from './clock/clock.ts';
export * from './player/index.ts';
