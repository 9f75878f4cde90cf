import type { Client } from '@ms5/client';
import type { Readable } from './select.ts';

const SECOND_MS = 1_000;

/** The server's time in whole seconds, one timer for all who look at it; none while nobody does. */
function createTicker(client: Client): Readable<number> {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const read = (): number => Math.floor(client.serverTime() / SECOND_MS) * SECOND_MS;

  function wait(): void {
    const intoSecond = client.serverTime() % SECOND_MS;
    timer = setTimeout(tick, SECOND_MS - intoSecond);
  }
  function tick(): void {
    for (const listener of listeners) listener();
    wait();
  }

  return {
    get: read,
    getOnServer: read,
    subscribe(listener) {
      const own = (): void => listener();
      listeners.add(own);
      if (listeners.size === 1) wait();
      return () => {
        listeners.delete(own);
        if (listeners.size === 0) clearTimeout(timer);
      };
    },
  };
}

const tickers = new WeakMap<Client, Readable<number>>();

export function tickerOf(client: Client): Readable<number> {
  const known = tickers.get(client);
  if (known !== undefined) return known;
  const created = createTicker(client);
  tickers.set(client, created);
  return created;
}
