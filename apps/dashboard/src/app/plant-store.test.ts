import type { ConnectionState, PlantDescription } from '@ms5/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from './api.ts';
import { createPlantStore, type PlantStore } from './plant-store.ts';

const plant = (name: string): PlantDescription => ({
  site: { id: 's', name, timeZone: 'UTC' },
  areas: [],
  products: [],
  reasons: [],
  reasonGroups: [],
});
const live: ConnectionState = {
  status: 'live',
  reason: { code: 'welcomed', message: '' },
  since: 0,
  isLostForLong: false,
};
let answers: (PlantDescription | ApiError)[];
let becomeLive: () => void;
let expired: boolean;

function start(): PlantStore {
  return createPlantStore({
    api: {
      plant: async () => {
        const answer = answers.shift();
        if (answer === undefined || answer instanceof ApiError) throw answer ?? new Error('no answer left');
        return answer;
      },
    },
    session: {
      token: async () => 'token',
      expire: () => {
        expired = true;
      },
    },
    client: {
      onState: (listener) => {
        becomeLive = () => listener(live);
        return () => {};
      },
    },
  });
}
const next = (store: PlantStore): Promise<void> => new Promise((resolve) => void store.subscribe(resolve));

beforeEach(() => {
  answers = [];
  expired = false;
});

describe('plant store', () => {
  it('loads, and again after a reconnection', async () => {
    answers = [plant('before'), plant('after')];
    const store = start();
    expect(store.get()).toEqual({ status: 'loading' });
    await next(store);
    expect(store.get()).toMatchObject({ plant: { site: { name: 'before' } } });
    const changed = next(store);
    becomeLive();
    await changed;
    expect(store.get()).toMatchObject({ plant: { site: { name: 'after' } } });
  });

  it('says why it failed, and recovers when the connection comes', async () => {
    answers = [new ApiError(0, 'unreachable', 'no route'), plant('there')];
    const store = start();
    await next(store);
    expect(store.get()).toEqual({ status: 'failed', message: 'no route' });
    const changed = next(store);
    becomeLive();
    await changed;
    expect(store.get().status).toBe('loaded');
  });

  it('keeps what it knows when a later load fails, and ends the session on 401', async () => {
    answers = [plant('kept'), new ApiError(401, 'unauthorized', 'revoked')];
    const store = start();
    await next(store);
    await store.load();
    expect(store.get()).toMatchObject({ plant: { site: { name: 'kept' } } });
    expect(expired).toBe(true);
  });
});
