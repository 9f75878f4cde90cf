export type * from './alarm-commands.ts';
export * from './alarm-documents.ts';
export * from './commands.ts';
export * from './documents.ts';
export * from './observations.ts';
export * from './rest.ts';
export * from './system-documents.ts';
export type * from './work-commands.ts';
export * from './work-documents.ts';
