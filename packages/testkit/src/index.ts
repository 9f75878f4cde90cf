export * from './fake-clock.ts';
export * from './seeded-random.ts';
export * from './socket-pair.ts';
