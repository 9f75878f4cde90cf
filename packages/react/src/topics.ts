import type {
  Client,
  CollectionValue,
  RecordValue,
  StoreOptions,
  StreamEvent,
  TopicKind,
  TopicStore,
  TopicView,
} from '@ms5/client';
import { useEffect, useMemo, useRef } from 'react';
import { useClient } from './provider.ts';
import { identity, useSelected, type IsEqual, type Readable } from './select.ts';

export type RecordView<T> = TopicView<RecordValue<T>>;
export type CollectionView<T> = TopicView<CollectionValue<T>>;
export type SignalView<T> = TopicView<T | undefined>;
/** `rate` as in the client's stores; another one subscribes nothing anew. */
export interface SelectOptions<S> extends StoreOptions {
  readonly isEqual?: IsEqual<S>;
}
/** Several topics by name. */
export type ViewsOf<V> = TopicView<ReadonlyMap<string, V>>;

const EMPTY_MAP: ReadonlyMap<string, never> = new Map<string, never>();
const never = (): (() => void) => () => {};

function emptyView<T>(
  topic: string,
  kind: TopicKind,
  value: T,
  freshness: 'recovering' | 'lost',
): TopicView<T> {
  return { topic, kind, lane: null, freshness, value, position: null, at: null };
}

/** What comes after the topic: a selection, or options. */
type Given<V, S> = ((view: V) => S) | StoreOptions | undefined;

const optionsOf = <S>(more: IsEqual<S> | SelectOptions<S> | undefined): SelectOptions<S> =>
  typeof more === 'function' ? { isEqual: more } : (more ?? {});

/** `null` instead of a topic: nothing is subscribed, and the view is an empty one that is `lost`. */
function useTopic<T, S>(
  topic: string | null,
  kind: TopicKind,
  empty: T,
  open: (client: Client, topic: string, options: StoreOptions) => TopicStore<T>,
  given: Given<TopicView<T>, S>,
  more: IsEqual<S> | SelectOptions<S> | undefined,
): S {
  const client = useClient();
  const select = typeof given === 'function' ? given : (identity as (view: TopicView<T>) => S);
  const options: SelectOptions<S> = typeof given === 'object' ? given : optionsOf(more);
  const { rate, isEqual } = options;
  const readable = useMemo((): Readable<TopicView<T>> => {
    if (topic === null) {
      const nothing = emptyView('', kind, empty, 'lost');
      return { get: () => nothing, getOnServer: () => nothing, subscribe: never };
    }
    const store = open(client, topic, rate === undefined ? {} : { rate });
    const arriving = emptyView(topic, kind, empty, 'recovering');
    return {
      get: () => store.get(),
      getOnServer: () => arriving,
      subscribe: (listener) => store.subscribe(listener),
    };
  }, [client, topic, kind, empty, open, rate]);
  return useSelected(readable, select, isEqual);
}

const EMPTY_RECORD: Readonly<Record<string, never>> = {};
/** No field is there, whatever the fields are; the same object each time. */
const emptyRecord = <T>(): RecordValue<T> => EMPTY_RECORD as RecordValue<T>;
const openRecord = <T>(client: Client, topic: string, options: StoreOptions) =>
  client.record<T>(topic, options);
const openRecords = <T>(client: Client, filter: string, options: StoreOptions) =>
  client.records<T>(filter, options);
const openCollection = <T>(client: Client, topic: string, options: StoreOptions) =>
  client.collection<T>(topic, options);
const openCollections = <T>(client: Client, filter: string, options: StoreOptions) =>
  client.collections<T>(filter, options);
const openSignal = <T>(client: Client, topic: string, options: StoreOptions) =>
  client.signal<T>(topic, options);
const openSignals = <T>(client: Client, filter: string, options: StoreOptions) =>
  client.signals<T>(filter, options);

/**
 * A record topic. With `select` the component renders only when what it selects changed (by `isEqual`, default: the
 * same, or an object with the same values): `useRecord<LineStatusDocument, …>(topic, (view) =>
 * view.value.state?.name)`. Options come last: `useRecord(topic, { rate: 2 })`, `useRecord(topic, select, { rate: 2,
 * isEqual })`.
 */
export function useRecord<T>(topic: string | null, options?: StoreOptions): RecordView<T>;
export function useRecord<T, S>(
  topic: string | null,
  select: (view: RecordView<T>) => S,
  more?: IsEqual<S> | SelectOptions<S>,
): S;
export function useRecord<T, S>(
  topic: string | null,
  given?: Given<RecordView<T>, S>,
  more?: IsEqual<S> | SelectOptions<S>,
): S {
  return useTopic<RecordValue<T>, S>(topic, 'record', emptyRecord<T>(), openRecord<T>, given, more);
}

/** All record topics that match a filter, by topic. */
export function useRecords<T>(filter: string | null, options?: StoreOptions): ViewsOf<RecordView<T>>;
export function useRecords<T, S>(
  filter: string | null,
  select: (views: ViewsOf<RecordView<T>>) => S,
  more?: IsEqual<S> | SelectOptions<S>,
): S;
export function useRecords<T, S>(
  filter: string | null,
  given?: Given<ViewsOf<RecordView<T>>, S>,
  more?: IsEqual<S> | SelectOptions<S>,
): S {
  return useTopic<ReadonlyMap<string, RecordView<T>>, S>(
    filter,
    'record',
    EMPTY_MAP,
    openRecords<T>,
    given,
    more,
  );
}

/** A collection topic: documents by key. */
export function useCollection<T>(topic: string | null, options?: StoreOptions): CollectionView<T>;
export function useCollection<T, S>(
  topic: string | null,
  select: (view: CollectionView<T>) => S,
  more?: IsEqual<S> | SelectOptions<S>,
): S;
export function useCollection<T, S>(
  topic: string | null,
  given?: Given<CollectionView<T>, S>,
  more?: IsEqual<S> | SelectOptions<S>,
): S {
  return useTopic<CollectionValue<T>, S>(topic, 'collection', EMPTY_MAP, openCollection<T>, given, more);
}

/** All collection topics that match a filter, by topic. */
export function useCollections<T>(filter: string | null, options?: StoreOptions): ViewsOf<CollectionView<T>>;
export function useCollections<T, S>(
  filter: string | null,
  select: (views: ViewsOf<CollectionView<T>>) => S,
  more?: IsEqual<S> | SelectOptions<S>,
): S;
export function useCollections<T, S>(
  filter: string | null,
  given?: Given<ViewsOf<CollectionView<T>>, S>,
  more?: IsEqual<S> | SelectOptions<S>,
): S {
  return useTopic<ReadonlyMap<string, CollectionView<T>>, S>(
    filter,
    'collection',
    EMPTY_MAP,
    openCollections<T>,
    given,
    more,
  );
}

/** The latest value of a signal topic. */
export function useSignal<T>(topic: string | null, options?: StoreOptions): SignalView<T>;
export function useSignal<T, S>(
  topic: string | null,
  select: (view: SignalView<T>) => S,
  more?: IsEqual<S> | SelectOptions<S>,
): S;
export function useSignal<T, S>(
  topic: string | null,
  given?: Given<SignalView<T>, S>,
  more?: IsEqual<S> | SelectOptions<S>,
): S {
  return useTopic<T | undefined, S>(topic, 'signal', undefined, openSignal<T>, given, more);
}

/** All signal topics that match a filter, by topic. */
export function useSignals<T>(filter: string | null, options?: StoreOptions): ViewsOf<SignalView<T>>;
export function useSignals<T, S>(
  filter: string | null,
  select: (views: ViewsOf<SignalView<T>>) => S,
  more?: IsEqual<S> | SelectOptions<S>,
): S;
export function useSignals<T, S>(
  filter: string | null,
  given?: Given<ViewsOf<SignalView<T>>, S>,
  more?: IsEqual<S> | SelectOptions<S>,
): S {
  return useTopic<ReadonlyMap<string, SignalView<T>>, S>(
    filter,
    'signal',
    EMPTY_MAP,
    openSignals<T>,
    given,
    more,
  );
}

/**
 * Calls `onEvent` with every entry of the stream topics that match, in order and once, from now on, across
 * reconnects; `onLost` when history was lost. The newest handlers are called; changing them subscribes nothing anew.
 */
export function useStream<T>(
  filter: string | null,
  onEvent: (event: StreamEvent<T>) => void,
  onLost?: (topic: string) => void,
): void {
  const client = useClient();
  const handlers = useRef({ onEvent, onLost });
  useEffect(() => {
    handlers.current = { onEvent, onLost };
  });
  useEffect(() => {
    if (filter === null) return undefined;
    return client.stream<T>(
      filter,
      (event) => handlers.current.onEvent(event),
      (topic) => handlers.current.onLost?.(topic),
    );
  }, [client, filter]);
}
