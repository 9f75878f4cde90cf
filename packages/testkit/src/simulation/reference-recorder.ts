import type { ServerMessage } from '@ms5/wire';
import type { ReferenceTopic, ReferenceTopics } from '../reference-topics.ts';
import { digestKeys, digestOfValue, type Sighting } from './sightings.ts';

/** After these a client may hold less than before. */
const VANISHING = new Set<ServerMessage['type']>(['gone', 'unsubscribed', 'subscribed', 'synced', 'error']);

/** Writes down what a reference client observes. */
export function createReferenceRecorder(
  client: string,
  topics: () => ReferenceTopics,
  sightings: Sighting[],
): (message: ServerMessage, apply: () => void) => void {
  let known = new Set<string>();

  function noteVanished(): void {
    const now = new Set(
      topics()
        .all()
        .map(({ name }) => name),
    );
    for (const topic of known) if (!now.has(topic)) sightings.push({ kind: 'end', client, topic });
    known = now;
  }

  function noteState(topic: string): void {
    const held = topics().get(topic);
    if (held === undefined || held.named !== null || held.kind === 'stream') return;
    const { epoch, position: offset, values } = held;
    sightings.push({ kind: 'state', client, topic, epoch, offset, keys: digestKeys(values) });
  }

  function noteSnapshot(
    message: Extract<ServerMessage, { type: 'snapshot' }>,
    before: { readonly heldOffset: number; readonly isVoid: boolean },
  ): void {
    const { topic, epoch, offset, lostSince } = message;
    if (message.begin === true) {
      const isLossTold = lostSince !== undefined;
      sightings.push({ kind: 'start', client, topic, epoch, offset, ...before, isLossTold });
      known.add(topic);
    }
    noteState(topic);
  }

  return (message, apply) => {
    if (message.type === 'snapshot') {
      const heldOffset = wholeOffset(topics().get(message.topic), message.epoch);
      const before = { heldOffset, isVoid: topics().isVoid(message.topic) };
      apply();
      noteSnapshot(message, before);
    } else if (message.type === 'delta') {
      const { topic, from, to } = message;
      const before = topics().get(topic)?.position ?? 0;
      apply();
      const held = topics().get(topic);
      if (held === undefined || to <= before) return;
      sightings.push({ kind: 'change', client, topic, epoch: held.epoch, from, to });
      noteState(topic);
    } else if (message.type === 'entries') {
      const { topic } = message;
      const count = topics().get(topic)?.entries.length ?? 0;
      apply();
      const held = topics().get(topic);
      for (const { offset, data } of held?.entries.slice(count) ?? []) {
        const digest = digestOfValue(data);
        sightings.push({ kind: 'entry', client, topic, epoch: held?.epoch ?? '', offset, digest });
      }
    } else {
      apply();
      if (VANISHING.has(message.type)) noteVanished();
    }
  };
}

function wholeOffset(held: ReferenceTopic | undefined, epoch: string): number {
  return held === undefined || held.named !== null || held.epoch !== epoch ? -1 : held.position;
}
