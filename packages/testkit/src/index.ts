export * from './fake-clock.ts';
export * from './hub-harness.ts';
export * from './reference-client.ts';
export * from './reference-topics.ts';
export * from './seeded-random.ts';
export * from './socket-pair.ts';
export * from './simulation/delivery-simulation.ts';
