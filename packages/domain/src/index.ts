export type * from './plant.ts';
export type * from './engine-types.ts';
