export { Ms5Provider, useClient, type Ms5ProviderProps } from './provider.ts';
export { isShallowEqual, type IsEqual } from './select.ts';
export {
  useCollection,
  useCollections,
  useRecord,
  useRecords,
  useSignal,
  useSignals,
  useStream,
  type CollectionView,
  type RecordView,
  type SelectOptions,
  type SignalView,
  type ViewsOf,
} from './topics.ts';
export { useConnection, useOutbox } from './connection.ts';
export { useDisplayed } from './displayed.ts';
export type { ScreenPort } from './screen-system.ts';
export { useCommand, type CommandHandle, type CommandProgress } from './command.ts';
export { useServerTime } from './server-time.ts';
export * from './ready-made/index.ts';
