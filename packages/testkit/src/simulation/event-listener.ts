import { decodeEventId, type ServerMessage } from '@ms5/wire';
import { createReferenceTopics } from '../reference-topics.ts';
import type { CreateEventIds } from './delivery-ports.ts';
import { createGuestLink, type Guest } from './guest.ts';
import { createReferenceRecorder } from './reference-recorder.ts';
import { restOf } from './reference-rest.ts';
import type { Sighting } from './sightings.ts';

export interface ListenerParts {
  readonly sightings: Sighting[];
  readonly trace: ((line: string) => void) | undefined;
}

const NAME = 'sse';
const FILTERS = ['s/a/l1/#', 'app/#'];

/** Server-Sent Events as a browser takes them: it comes back with the newest id. */
export function createEventListener(
  { sightings, trace }: ListenerParts,
  createEventIds: CreateEventIds,
): Guest {
  let topics = createReferenceTopics([]);
  const record = createReferenceRecorder(NAME, () => topics, sightings);
  let newest = '';
  let resumed: Parameters<CreateEventIds>[0] = null;
  const link = createGuestLink({
    name: NAME,
    trace,
    stamp: () => {
      const ids = createEventIds(resumed);
      return (message) => ids.stamp(message);
    },
  });

  function voidAll(): void {
    for (const { name: topic } of topics.all()) sightings.push({ kind: 'end', client: NAME, topic });
    topics = createReferenceTopics([]);
    newest = '';
  }

  function take(text: string): void {
    const lines = text.split('\n');
    const valueOf = (field: string): string | undefined =>
      lines.find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2);
    const event = valueOf('event');
    const data = valueOf('data');
    if (event !== 'problem' && data !== undefined) takeMessage(JSON.parse(data) as ServerMessage);
    newest = valueOf('id') ?? newest;
  }

  function takeMessage(message: ServerMessage): void {
    if (message.type === 'welcome') subscribe();
    else if (message.type === 'subscribed') topics.noteReset(message.reset ?? [], FILTERS, []);
    else if (!isRepeated(message))
      record(message, () => {
        if (message.type === 'synced') topics.finishReset(FILTERS);
        else topics.take(message);
      });
  }

  function subscribe(): void {
    link.send({
      type: 'subscribe',
      id: 1,
      filters: FILTERS,
      ...(resumed === null ? {} : { resume: { marks: resumed } }),
    });
  }

  /** What comes after the newest id comes again; positions tell. */
  function isRepeated(message: ServerMessage): boolean {
    if (message.type !== 'delta' && message.type !== 'entries') return false;
    return message.to <= (topics.get(message.topic)?.position ?? -1);
  }

  return {
    name: NAME,
    isOpen: () => link.isOpen(),
    connect(hub) {
      const decoded = decodeEventId(newest, FILTERS);
      resumed = decoded.ok ? decoded.marks : null;
      if (resumed === null) voidAll();
      topics.interrupt();
      link.open((transport) => hub.connect('sse', transport, NAME), { opened() {}, message: take });
    },
    drop: () => link.drop(),
    deliver: (count) => link.deliver(count),
    act() {},
    calm() {},
    conclude() {},
    rest: () => restOf(NAME, FILTERS, topics),
    faults: () => [],
  };
}
