export type StateName =
  | 'running'
  | 'stopped'
  | 'idle'
  | 'setup'
  | 'blocked'
  | 'starved'
  | 'notScheduled'
  | 'unknown';
