import type { Tier } from './run-seed.ts';

/** One mistake as it might be made: a text replaced once in a copy of the sources. */
export interface PlantedBug {
  readonly name: string;
  readonly tier: Tier;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Where the product guards twice, what takes the second guard away. */
  readonly also?: { readonly file: string; readonly find: string; readonly replace: string };
}

const HUB = 'packages/hub/src';
const CLIENT = 'packages/client/src';
const ENGINE = 'packages/server/src/engine';

/** The simulation must find each of them. A test checks that every one still applies. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'now and then a stream skips an offset',
    tier: 'delivery',
    file: `${HUB}/delivery/catch-up.ts`,
    find: 'const first = indexAfter(topic.history, from);',
    replace: 'const first = indexAfter(topic.history, from) + (from % 7 === 0 ? 1 : 0);',
  },
  {
    name: 'answered before the commit',
    tier: 'system',
    file: `${ENGINE}/core/engine-core.ts`,
    find: 'if (commit.entries.length > 0 || commit.observationKeys.length > 0) log.commit(commit);',
    replace: 'for (const answer of answers) answer();\nif (commit.entries.length > 0) log.commit(commit);',
  },
  {
    name: 'visible before the commit',
    tier: 'system',
    file: `${ENGINE}/core/engine-core.ts`,
    find: 'if (commit.entries.length > 0 || commit.observationKeys.length > 0) log.commit(commit);',
    replace:
      'options.onCommitted(changes, memory.offset);\nif (commit.entries.length > 0) log.commit(commit);',
  },
  {
    name: 'a removal leaves no tombstone',
    tier: 'delivery',
    file: `${HUB}/topics/keyed-change.ts`,
    find: 'addTombstone(topic, key, offset, last);',
    replace: 'if (last === undefined) addTombstone(topic, key, offset, last);',
  },
  {
    name: 'a mark is sent while topics are behind',
    tier: 'delivery',
    file: `${HUB}/delivery/delivery.ts`,
    find: 'if (topics.size > 0) return ready;',
    replace: 'if (topics.size > 0) return [...ready, ...markIfCaughtUp(delivery, stepper, log, slot)];',
  },
  {
    name: 'the cursor moves before there is room to send',
    tier: 'delivery',
    file: `${HUB}/delivery/delivery.ts`,
    find: 'const names = namesFor(delivery, batch.topics);',
    replace: 'flow.cursors[slot] = batch.to;\n  const names = namesFor(delivery, batch.topics);',
  },
  {
    name: 'frames of an older content are sent on',
    tier: 'delivery',
    file: `${HUB}/create-hub.ts`,
    find: 'dropFrames(counts, topic);\n      const lane',
    replace: 'if (topic.head % 5 !== 0) dropFrames(counts, topic);\n      const lane',
    also: {
      file: `${HUB}/delivery/encoding.ts`,
      find: '${what} ${from} ${topic.head}`',
      replace: '${what} ${from}`',
    },
  },
  {
    name: 'critical changes are merged',
    tier: 'delivery',
    file: `${HUB}/delivery/catch-up.ts`,
    find: 'return topic.singles === null\n    ? deltaStep',
    replace: 'return topic.singles !== undefined\n    ? deltaStep',
  },
  {
    name: 'the loss of history is not told',
    tier: 'delivery',
    file: `${HUB}/delivery/catch-up.ts`,
    find: 'if (position < lossHorizon(topic)) return partStep(topic, null, position, stepper);',
    replace: 'if (position < lossHorizon(topic)) return partStep(topic, null, -1, stepper);',
  },
  {
    name: 'a position of another epoch is accepted',
    tier: 'delivery',
    file: `${HUB}/session/resume.ts`,
    find: 'position.epoch === log.epoch && ',
    replace: '',
  },
  {
    name: 'positions told by name are dropped when subscribing again',
    tier: 'delivery',
    file: `${HUB}/session/resume.ts`,
    find: 'const given = Object.hasOwn(topics, topic.name) ?',
    replace: 'const given = Object.hasOwn(topics, topic.name) && !marks.has(topic.slot) ?',
  },
  {
    name: 'after the first rest no lane is woken any more',
    tier: 'delivery',
    file: `${HUB}/delivery/flusher.ts`,
    find: 'wakeAt = Infinity;\n      startRound();',
    replace: 'startRound();',
  },
  {
    name: 'what too many wait for is forgotten between the groups of a long round',
    tier: 'delivery',
    file: `${HUB}/create-hub.ts`,
    find: 'if (concerned > room) continue;',
    replace: 'if (concerned > room) {\n  dirty[lane]?.delete(topic);\n  continue;\n}',
  },
  {
    name: 'the key of a publication is not handed on',
    tier: 'delivery',
    file: `${HUB}/session/publications.ts`,
    find: 'const { type: _, id, ...publication } = request;',
    replace: 'const { type: _, id, key: _key, ...publication } = request;',
  },
  {
    name: 'a receipt counts for topics that the session does not have',
    tier: 'delivery',
    file: `${HUB}/session/receipts.ts`,
    find: 'if (!isHeld || receipt.offset > topic.head) return;',
    replace: 'if (!isHeld && receipt.offset > topic.head) return;',
  },
  {
    name: 'a receipt is recorded twice',
    tier: 'delivery',
    file: `${HUB}/session/receipts.ts`,
    find: 'core.receipts.displayed(receipt, identity, session.id);',
    replace:
      'core.receipts.displayed(receipt, identity, session.id);\n  core.receipts.displayed(receipt, identity, session.id);',
  },
  {
    name: 'outcomes asked for before a sign-out reach whoever signs in',
    tier: 'delivery',
    file: `${HUB}/session/commands.ts`,
    find: 'core.contained(session, () => answer(core, session, reply));',
    replace: 'core.contained(session, () => answer(core, session.seat.session ?? session, reply));',
  },
  {
    name: 'answers to publications before a sign-out reach whoever signs in',
    tier: 'delivery',
    file: `${HUB}/session/publications.ts`,
    find: 'core.contained(session, () => answer(core, session, reply));',
    replace: 'core.contained(session, () => answer(core, session.seat.session ?? session, reply));',
  },
  {
    name: 'an event id stands for more than was sent',
    tier: 'delivery',
    file: 'packages/server/src/gateway/sse/event-ids.ts',
    find: 'marks.set(`${log} ${lane}`, { lane, log, epoch, offset });',
    replace: 'marks.set(`${log} ${lane}`, { lane, log, epoch, offset: offset + 1 });',
  },
  {
    name: 'a CloudEvent of a removal is left out',
    tier: 'delivery',
    file: `${HUB}/endpoints/encoding-cloudevents.ts`,
    find: '...remove.map((key) => removal(topic, key, stamp(key))),',
    replace: '...remove.slice(1).map((key) => removal(topic, key, stamp(key))),',
  },
  {
    name: 'a receiver of CloudEvents is not told what it missed',
    tier: 'delivery',
    file: `${HUB}/endpoints/encoding-cloudevents.ts`,
    find: 'return tellsLoss(topic, part) ? [...state, lost(topic, part)] : state;',
    replace: 'return state;',
  },
  {
    name: 'sessions of a revoked user are not closed',
    tier: 'delivery',
    file: `${HUB}/session/revoke.ts`,
    find: "for (const session of revoked) dispatch(core, session, { type: 'closeRequested', close: 'revoked' });",
    replace: '',
  },
  {
    name: 'what is sent is not counted against the window',
    tier: 'delivery',
    file: `${HUB}/delivery/window.ts`,
    find: 'window.bytesSent += bytes;',
    replace: 'window.bytesSent += bytes / 64;',
  },
  {
    name: 'a session outlives its connection',
    tier: 'delivery',
    file: `${HUB}/session/lifecycle.ts`,
    find: 'core.sessions.delete(session);',
    replace: 'if (session.subscriptions.size !== 1) core.sessions.delete(session);',
  },
  {
    name: 'the record of a command is not committed with its effect',
    tier: 'system',
    file: `${ENGINE}/core/group.ts`,
    find: 'commands.set(id, { key, offset, at, outcome, ...expiry });',
    replace: 'if (offset % 4 !== 0) commands.set(id, { key, offset, at, outcome, ...expiry });',
  },
  {
    name: 'deadlines are passed over',
    tier: 'system',
    file: `${ENGINE}/core/group.ts`,
    find: 'input.deadline !== undefined && at > input.deadline',
    replace: 'input.deadline !== undefined && at > input.deadline + 60_000',
  },
  {
    name: 'keys of observations are not kept',
    tier: 'system',
    file: `${ENGINE}/core/group.ts`,
    find: 'observationKeys.push(key);',
    replace: 'if (at % 3 !== 0) observationKeys.push(key);',
  },
  {
    name: 'a client does not advance its cursor with what it passes on',
    tier: 'system',
    file: `${CLIENT}/topics/topic.ts`,
    find: 'topic.offset = message.to;\n  topic.at = fresh',
    replace: 'if (fresh.length !== 1) topic.offset = message.to;\n  topic.at = fresh',
  },
  {
    name: 'a client keeps what a snapshot does not name',
    tier: 'system',
    file: `${CLIENT}/topics/topic.ts`,
    find: 'if (!loading.named.has(key)) topic.values.delete(key);',
    replace: 'if (!loading.named.has(key) && loading.named.size > 3) topic.values.delete(key);',
  },
  {
    name: 'a client shows as live what it lost the connection for',
    tier: 'system',
    file: `${CLIENT}/topics/stores.ts`,
    find: "if (!isLive) return topic.epoch === '' ? 'lost' : 'stale';",
    replace: "if (!isLive && topic.epoch === '') return 'lost';",
  },
  {
    name: 'a client does not notice that the server is silent',
    tier: 'system',
    file: `${CLIENT}/connection/transitions.ts`,
    find: "if (state.name === 'live') return heardAt + state.silenceMs;",
    replace: "if (state.name === 'live') return heardAt + 20 * state.silenceMs;",
  },
  {
    name: 'a command sent again gets a new key',
    tier: 'system',
    file: `${CLIENT}/outbox/outbox.ts`,
    find: 'data,\n      key: item.key,',
    replace: 'data,\n      key: { ...item.key, counter: 1_000 * id },',
  },
  {
    name: 'a client does not tell that a reset left nothing of a stream',
    tier: 'delivery',
    file: `${CLIENT}/topics/book.ts`,
    find: 'options.onLost(slot);',
    replace: '',
  },
];
