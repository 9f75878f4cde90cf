/** Clients remembered; the one that came longest ago is forgotten first. */
const CLIENTS = 20_000;
const WINDOW_MS = 3_600_000;
/** Times kept per client: more make no difference to its score. */
const TIMES_PER_CLIENT = 64;

/** How often each client came within the last hour. Bounded in clients and times. */
export interface Reconnects {
  /** The client connects now; returns how often it did before within the hour. */
  connected(client: string, now: number): number;
  /** How often within the hour, beyond the first. */
  count(client: string, now: number): number;
}

export function createReconnects(clients = CLIENTS): Reconnects {
  /** Oldest visit first. */
  const visits = new Map<string, number[]>();

  function recent(client: string, now: number): number[] {
    const times = visits.get(client) ?? [];
    let expired = 0;
    while (expired < times.length && now - (times[expired] ?? now) >= WINDOW_MS) expired += 1;
    if (expired > 0) times.splice(0, expired);
    return times;
  }

  return {
    connected(client, now) {
      const times = recent(client, now);
      const before = times.length;
      times.push(now);
      if (times.length > TIMES_PER_CLIENT) times.shift();
      visits.delete(client);
      visits.set(client, times);
      const oldest = visits.keys().next();
      if (visits.size > clients && oldest.done !== true) visits.delete(oldest.value);
      return before;
    },
    count: (client, now) => Math.max(0, recent(client, now).length - 1),
  };
}
