export type * from './ports.ts';
export { AuthenticationError } from './ports.ts';
