export * from './commands.ts';
export * from './documents.ts';
export * from './observations.ts';
export * from './rest.ts';
export * from './system-documents.ts';
