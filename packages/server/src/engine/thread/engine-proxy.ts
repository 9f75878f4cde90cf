import { Worker } from 'node:worker_threads';
import type { EntryChanges, LogImage, PublishResult, SignalChange } from '@ms5/hub';
import type { LogId } from '@ms5/wire';
import type { SystemHealthDocument } from '@ms5/wire/factory';
import type { EngineFigures, EnginePort, ObserveReply, QueryReply } from '../../engine-port.ts';
import { LogError } from '../log/log-error.ts';
import { decodeChanges, decodeImage, decodeSignals } from './changes-codec.ts';
import { decodeResults } from './results-codec.ts';
import type { EngineCall, EngineMessage, EngineRequest, EngineThreadData, ThreadError } from './messages.ts';

const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './engine-thread.ts' : './engine-thread.js',
  import.meta.url,
);

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Life =
  | { readonly name: 'running' }
  | { readonly name: 'closing' }
  | { readonly name: 'failed'; readonly error: Error };

/**
 * Starts the engine's thread and resolves when it has recovered; rejects with a `LogError` when it cannot. The thread
 * loads its code while `data` is still to come, and ends if that rejects.
 */
export async function startEngineThread(
  data: EngineThreadData | Promise<EngineThreadData>,
  thread = THREAD,
): Promise<EnginePort> {
  const worker = new Worker(thread, { name: 'engine' });
  try {
    const ready = imageWhenReady(worker);
    const given = Promise.resolve(data).then((known) => worker.postMessage(known, []));
    const [image] = await Promise.all([ready, given]);
    return createEngineProxy(worker, image);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

/** The first message. What follows it before somebody listens again is held by the port. */
function imageWhenReady(worker: Worker): Promise<LogImage> {
  const { promise, resolve, reject } = Promise.withResolvers<LogImage>();
  const onMessage = (message: EngineMessage): void => {
    if (message.kind === 'ready') resolve(decodeImage(message.image));
    else
      reject(message.kind === 'notReady' ? errorOf(message.error) : new Error(`unexpected ${message.kind}`));
  };
  const onExit = (): void => reject(new Error('the engine ended before it was ready'));
  worker.once('message', onMessage);
  worker.on('error', reject);
  worker.on('exit', onExit);
  return promise.finally(() => {
    worker.off('message', onMessage);
    worker.off('error', reject);
    worker.off('exit', onExit);
  });
}

/** The main thread's side of the engine. */
function createEngineProxy(worker: Worker, image: LogImage): EnginePort {
  const waiting = new Map<number, Waiting>();
  const committed = createTopic<[LogId, readonly EntryChanges[]]>();
  const signals = createTopic<[readonly SignalChange[]]>();
  const connectors = createTopic<[SystemHealthDocument['connectors']['list']]>();
  const figures = createTopic<[EngineFigures]>();
  const failure = createTopic<[Error]>();
  let head = image.offset;
  let lastId = 0;
  let life: Life = { name: 'running' };
  let closed: Promise<void> | undefined;

  const call = (request: EngineRequest, transferred: readonly ArrayBuffer[] = []): Promise<unknown> => {
    if (life.name === 'failed') return Promise.reject(life.error);
    if (life.name === 'closing') return Promise.reject(new Error('the engine is closed'));
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      const message: EngineCall = { id, request };
      worker.postMessage(message, transferred);
    });
  };

  const settle = (id: number, use: (waiting: Waiting) => void): void => {
    const found = waiting.get(id);
    waiting.delete(id);
    if (found !== undefined) use(found);
  };

  const fail = (error: Error): void => {
    if (life.name === 'failed') return;
    life = { name: 'failed', error };
    failure.emit(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };

  const receive = (message: EngineMessage): void => {
    switch (message.kind) {
      case 'committed':
        head = message.head;
        if (message.changes !== null) committed.emit(image.log, decodeChanges(message.changes));
        break;
      case 'signals':
        signals.emit(decodeSignals(message.changes));
        break;
      case 'connectors':
        connectors.emit(message.list);
        break;
      case 'figures':
        figures.emit(message.figures);
        break;
      case 'answer':
        settle(message.id, ({ resolve }) => resolve(message.value));
        break;
      case 'observed':
        for (const { id, results } of message.answers) {
          const value: ObserveReply = { status: 'done', results: decodeResults(results) };
          settle(id, ({ resolve }) => resolve(value));
        }
        break;
      case 'refused':
        settle(message.id, ({ reject }) => reject(errorOf(message.error)));
        break;
      case 'failed':
        fail(errorOf(message.error));
        break;
      case 'ready':
      case 'notReady':
        break;
    }
  };

  worker.on('message', receive);
  worker.on('error', fail);
  worker.on('exit', (code) => {
    if (life.name !== 'closing') fail(new Error(`the engine's thread ended by itself with code ${code}`));
  });

  return {
    image,
    onCommitted: committed.on,
    onSignals: signals.on,
    onConnectors: connectors.on,
    onFigures: figures.on,
    onFailure: failure.on,
    observe: async (body, source, permitted) => {
      const own = ownBuffer(body);
      return (await call({ kind: 'observe', body: own, source, permitted }, [own.buffer])) as ObserveReply;
    },
    command: async (request) =>
      (await call({ kind: 'command', request })) as Awaited<ReturnType<EnginePort['command']>>,
    publish: async (request) => (await call({ kind: 'publish', request })) as PublishResult,
    displayed: (receipt) => {
      // Nothing is answered: a receipt that an ending engine does not take is one that never came.
      call({ kind: 'displayed', receipt }).catch(() => undefined);
    },
    query: async (query) => (await call({ kind: 'query', query })) as QueryReply,
    head: () => head,
    close: () => {
      closed ??= closeThread(
        worker,
        () => call({ kind: 'close' }),
        () => {
          if (life.name === 'running') life = { name: 'closing' };
        },
      );
      return closed;
    },
  };
}

async function closeThread(worker: Worker, ask: () => Promise<unknown>, closing: () => void): Promise<void> {
  const asked = ask();
  closing();
  try {
    await asked;
  } catch {
    // A failed engine has told so by `onFailure`; what is left is to end its thread.
  }
  await worker.terminate();
}

/** A body may be a view into a pool's buffer, which must not be transferred. */
function ownBuffer(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = body;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return new Uint8Array(buffer);
  return new Uint8Array(body);
}

function errorOf({ name, message, code }: ThreadError): Error {
  if (code !== undefined) return new LogError(code, message);
  const error = new Error(message);
  error.name = name;
  return error;
}

/** Listeners to one kind of message. What arrives before the first listener waits for it. */
function createTopic<Arguments extends readonly unknown[]>() {
  const listeners = new Set<(...args: Arguments) => void>();
  let held: Arguments[] | null = [];
  return {
    emit: (...args: Arguments): void => {
      if (held !== null) held.push(args);
      for (const listener of listeners) listener(...args);
    },
    on: (listener: (...args: Arguments) => void): (() => void) => {
      // Wrapped, so that the same function may listen twice.
      const own = (...args: Arguments): void => listener(...args);
      listeners.add(own);
      const early = held ?? [];
      held = null;
      for (const args of early) own(...args);
      return () => {
        listeners.delete(own);
      };
    },
  };
}
