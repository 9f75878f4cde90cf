export * from './lane.ts';
export * from './topic-kind.ts';
export * from './position.ts';
export * from './messages.ts';
