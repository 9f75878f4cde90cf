import type { Client, PlantDescription } from '@ms5/client';
import { type Api, ApiError } from './api.ts';
import { createSignal } from './signal.ts';
import type { SessionStore } from './session.ts';

type PlantLoad =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly message: string }
  | { readonly status: 'loaded'; readonly plant: PlantDescription };

/** The plant's description. `get` and `subscribe` fit `useSyncExternalStore`. */
export interface PlantStore {
  readonly get: () => PlantLoad;
  readonly subscribe: (listener: () => void) => () => void;
  readonly load: () => Promise<void>;
  readonly close: () => void;
}

interface PlantStorePorts {
  readonly api: Pick<Api, 'plant'>;
  readonly session: Pick<SessionStore, 'token' | 'expire'>;
  readonly client: Pick<Client, 'onState'>;
}

/** Loads now, and again after each reconnection: the plant may have changed while we were away. */
export function createPlantStore({ api, session, client }: PlantStorePorts): PlantStore {
  const signal = createSignal<PlantLoad>({ status: 'loading' });
  let abort = new AbortController();

  const load = async (): Promise<void> => {
    abort.abort();
    const own = new AbortController();
    abort = own;
    try {
      const plant = await api.plant(await session.token(), own.signal);
      if (!own.signal.aborted) signal.set({ status: 'loaded', plant });
    } catch (error) {
      if (own.signal.aborted) return;
      if (error instanceof ApiError && error.status === 401) session.expire();
      // What is known already stays in use.
      if (signal.get().status === 'loaded') return;
      signal.set({ status: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  void load();
  const stop = client.onState((state) => {
    if (state.status === 'live') void load();
  });
  return {
    get: signal.get,
    subscribe: signal.subscribe,
    load,
    close: () => {
      stop();
      abort.abort();
    },
  };
}
