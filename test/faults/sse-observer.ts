import { createReferenceRecorder, createReferenceTopics, restOf, type Sighting } from '@ms5/testkit';
import type { ReferenceTopics } from '@ms5/testkit';
import type { ServerMessage } from '@ms5/wire';
import { createEventParser, type SentEvent } from './event-parser.ts';
import { OBSERVED, OBSERVER_RETRY_MS, type Observer } from './observer.ts';
import { systemClock } from './system-clock.ts';

export interface SseObserverParts {
  readonly name: string;
  /** `http://…` */
  readonly url: string;
  readonly token: string;
  readonly sightings: Sighting[];
}

/** Server-Sent Events by hand, as `EventSource` does it: it comes back with the newest id. */
export function createSseObserver({ name, url, token, sightings }: SseObserverParts): Observer {
  let topics = createReferenceTopics([]);
  let record = recorderOf(topics);
  let newest = '';
  let life = 1;
  let abort = new AbortController();

  function recorderOf(held: ReferenceTopics): ReturnType<typeof createReferenceRecorder> {
    return createReferenceRecorder(name, () => held, sightings);
  }

  function voidAll(): void {
    for (const { name: topic } of topics.all()) sightings.push({ kind: 'end', client: name, topic });
    topics = createReferenceTopics([]);
    record = recorderOf(topics);
  }

  function take({ event, data, id }: SentEvent): void {
    if (event === 'restart') {
      newest = '';
      voidAll();
    } else if (data !== '' && event !== 'problem' && event !== 'closed') {
      const message = JSON.parse(data) as ServerMessage;
      if (!isRepeated(message)) record(message, () => topics.take(message));
    }
    if (id !== null) newest = id;
  }

  /** What comes after the newest id comes again; positions tell. */
  function isRepeated(message: ServerMessage): boolean {
    if (message.type !== 'delta' && message.type !== 'entries') return false;
    return message.to <= (topics.get(message.topic)?.position ?? -1);
  }

  async function listen(own: number): Promise<void> {
    // Without an id everything comes anew.
    if (newest === '') voidAll();
    topics.interrupt();
    try {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(newest === '' ? {} : { 'last-event-id': newest }),
      };
      const { signal } = abort;
      const response = await fetch(`${url}/events?topic=works/%23`, { headers, signal });
      if (!response.ok || response.body === null) return;
      const parser = createEventParser((event) => {
        if (own === life) take(event);
      });
      const decoder = new TextDecoder();
      for await (const chunk of response.body) parser(decoder.decode(chunk, { stream: true }));
    } catch {
      // Broken: come back.
    }
  }

  async function follow(own: number): Promise<void> {
    await listen(own);
    systemClock.after(OBSERVER_RETRY_MS, () => {
      if (own === life) void follow(own);
    });
  }

  void follow(life);
  return {
    name,
    reconnect() {
      life += 1;
      abort.abort();
      abort = new AbortController();
      void follow(life);
    },
    rest: () => restOf(name, [OBSERVED], topics),
    faults: () => [],
    close() {
      life += 1;
      abort.abort();
    },
  };
}
