import { CLOSE_CODES, LANES, type CloseCodeName, type RequestErrorName } from '@ms5/wire';
import { createContext } from './delivery/context.ts';
import { forgetBehind, inheritBehind, prepareBatches } from './delivery/delivery.ts';
import { createFlusher } from './delivery/flusher.ts';
import { boundCaches, createFrameCounts, dropAllFrames, dropFrames } from './delivery/frame-counts.ts';
import { createRateTicks } from './delivery/rate-ticks.ts';
import { createDrain } from './drain.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { createEndpoints } from './endpoints/registry.ts';
import { noteDue } from './health/lane-latency.ts';
import { createHubHealth } from './health/hub-health.ts';
import { refusesNewSessions, stretchAt } from './health/shedding.ts';
import type { HubCore, HubLogEntry, SessionStart } from './hub-core.ts';
import { DEFAULT_HUB_LIMITS, type HubLimits } from './limits.ts';
import type {
  Authenticator,
  Clock,
  CommandPort,
  Connection,
  Hooks,
  Hub,
  PublishPort,
  Random,
  ReceiptPort,
  Transport,
} from './ports.ts';
import { spreadRetryMs } from './session/authentication.ts';
import { behindHooks } from './session/hooks.ts';
import { serveHeld } from './session/inbound.ts';
import { dispatch, failSession } from './session/lifecycle.ts';
import { errorReply, sendOnly, serve } from './session/outbound.ts';
import { reloadSession } from './session/reload.ts';
import { revokeSessions } from './session/revoke.ts';
import { SeatedConnection } from './session/seated-connection.ts';
import { sessionFigures } from './session/session-figures.ts';
import { sessionPage } from './session/session-page.ts';
import { createSession, isServing, type Session } from './session/session.ts';
import { createSharedFilters } from './session/shared-filters.ts';
import { startSweep } from './session/sweep.ts';
import { createInterests, type SharedTopicSet } from './topics/interests.ts';
import { laneOfSlot, slotOf } from './topics/log.ts';
import { createTopicNumbers } from './topics/topic-numbers.ts';
import { createTopicStore, type TopicObserver } from './topics/topic-store.ts';
import type { Topic } from './topics/topic.ts';

export interface HubOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly authenticator: Authenticator;
  readonly commands: CommandPort;
  /** Omitted: clients cannot publish. */
  readonly publishing?: PublishPort;
  /** Omitted: displayed-receipts are passed over. */
  readonly receipts?: ReceiptPort;
  /** Omitted: nobody wants to know. */
  readonly hooks?: Hooks;
  /** Told to clients. */
  readonly version: string;
  readonly limits?: Partial<HubLimits>;
  readonly onLog?: (entry: HubLogEntry) => void;
}

/** Serves topics to sessions. Owns no socket and no disk: everything it reaches is a port. */
export function createHub(options: HubOptions): Hub {
  const { clock, random } = options;
  const counts = createFrameCounts();
  /** Topics whose newest change no flush has taken up yet, by lane. */
  const dirty: ReadonlySet<Topic>[] & Set<Topic>[] = LANES.map(() => new Set<Topic>());
  let round = 0;

  const observer: TopicObserver = {
    added: (topic) => interests.add(topic),
    changed(topic) {
      dropFrames(counts, topic);
      const lane = laneOfSlot(topic.slot);
      const waiting = dirty[lane];
      if (waiting?.has(topic) === false) {
        topic.dueAt = topic.kind === 'signal' ? clock.now() : topic.at;
        waiting.add(topic);
      }
      flusher.touch(lane);
    },
    dropped(topic, successor) {
      dropAllFrames(counts, topic);
      dirty[laneOfSlot(topic.slot)]?.delete(topic);
      for (const { sessions } of interests.of(topic))
        for (const session of sessions) {
          if (successor !== undefined) inheritBehind(session.delivery, topic, successor);
          sendOnly(core, session, forgetBehind(session.delivery, topic));
        }
      interests.drop(topic);
      numbers.release(topic);
    },
  };
  const limits: HubLimits = { ...DEFAULT_HUB_LIMITS, ...options.limits };
  const instance = newId(random);
  const store = createTopicStore(instance, limits.history, observer);
  const interests = createInterests<Session>(() => store.all());
  const numbers = createTopicNumbers();
  const context = createContext(store.logs, counts);
  const core: HubCore = {
    clock,
    random,
    authenticator: options.authenticator,
    commands: options.commands,
    publishing: options.publishing,
    receipts: options.receipts,
    hooks: options.hooks,
    version: options.version,
    limits,
    log: containedLog(options.onLog),
    store,
    interests,
    filters: createSharedFilters(),
    context,
    sessions: new Set(),
    health: createHubHealth(),
    contained(session, act) {
      try {
        return act();
      } catch (error) {
        failSession(core, session, error);
        return undefined;
      }
    },
    users: new Map(),
    serveHeld: (session) => serveHeld(core, session),
    resume: (session) => flusher.resume(session),
    open,
    totals: { writes: 0, messages: 0, bytes: 0, sessions: 0, commandsInFlight: 0, publishesInFlight: 0 },
  };
  const flusher = createFlusher<Session>({
    clock,
    longRounds: limits.longRounds,
    collect,
    beginGroup,
    serve: (session, now, isCriticalAlone) =>
      core.contained(session, () => serve(core, session, now, isCriticalAlone)) ?? 0,
    onRoundEnd() {
      context.endRound();
      boundCaches(counts);
    },
  });
  const ticks = createRateTicks<Session>({ clock, onDue: (lane) => flusher.touch(lane) });
  const sweep = startSweep(core);
  const drain = createDrain(core);
  const endpoints = createEndpoints(instance, numbers);

  /** The sessions that the lanes' changes concern, each once; at most so many, as far as that goes. */
  function collect(lanes: readonly number[], most = Infinity): readonly Session[] {
    round += 1;
    const due: Session[] = [];
    const take = (session: Session): void => {
      if (session.round === round) return;
      session.round = round;
      due.push(session);
    };
    for (const lane of lanes) {
      for (const [{ sessions }, dueAt] of takeChanged(lane, most - due.length))
        for (const session of sessions) {
          noteDue(session.delivery.latency, lane, dueAt);
          take(session);
        }
      if (most < Infinity) continue;
      for (const { sessions } of ticks.takeDue(lane)) for (const session of sessions) take(session);
    }
    return due;
  }

  /** The live topic sets that the lane's changes concern, with the commit time of the oldest. */
  function takeChanged(lane: number, most: number): ReadonlyMap<SharedTopicSet<Session>, number> {
    const changed = new Map<SharedTopicSet<Session>, number>();
    let room = most;
    for (const topic of dirty[lane] ?? []) {
      const { slot, head, dueAt } = topic;
      const sets = interests.of(topic);
      if (room < Infinity) {
        let concerned = 0;
        for (const { sessions } of sets) concerned += sessions.size;
        if (concerned > room) continue;
        room -= concerned;
      }
      dirty[lane]?.delete(topic);
      for (const set of sets) {
        if (set.flow > 0) {
          ticks.note(set, topic);
          continue;
        }
        set.heads[slot] = Math.max(set.heads[slot] ?? 0, head);
        changed.set(set, Math.min(changed.get(set) ?? dueAt, dueAt));
      }
    }
    return changed;
  }

  function beginGroup(lanes: readonly number[], sessions: readonly Session[]): void {
    context.beginGroup(lanes);
    const deliveries = sessions.filter(isServing).map(({ delivery }) => delivery);
    try {
      for (const lane of lanes)
        for (const log of store.logs) prepareBatches(deliveries, context, log, slotOf(log, lane));
    } catch {
      // What cannot be built fails again when its session is served, and ends that session alone.
    }
  }

  function refuse(
    endpoint: Endpoint,
    transport: Transport,
    error: RequestErrorName,
    close: CloseCodeName,
  ): Connection {
    const retryAfterMs = spreadRetryMs(core);
    const { remoteAddress } = transport;
    core.health.refused(error);
    core.log({ level: 'warn', event: 'sessionRefused', remoteAddress, code: CLOSE_CODES[close].code });
    const message = endpoint.encode(errorReply(error, { retryAfterMs }));
    if (message !== null) transport.write([message]);
    transport.close(CLOSE_CODES[close].code, CLOSE_CODES[close].message);
    return DEAD;
  }

  function open({ endpoint, transport, seat, token, predecessor }: SessionStart): Session {
    const session = createSession({
      id: newId(random),
      endpoint,
      transport,
      seat,
      token,
      logs: store.logs,
      now: clock.now(),
      ...(predecessor === undefined ? {} : { predecessor }),
    });
    seat.session = session;
    core.sessions.add(session);
    core.totals.sessions += 1;
    const act = { session: session.id, endpoint: endpoint.name, remoteAddress: transport.remoteAddress };
    core.contained(session, () =>
      behindHooks(core, session, 'connect', act, (refusal) => {
        if (refusal !== null)
          return dispatch(core, session, { type: 'closeRequested', close: 'unauthorized', detail: refusal });
        core.hooks?.after('connect', act, {});
        if (token !== null && !endpoint.capabilities.needsConnect)
          dispatch(core, session, { type: 'tokenGiven', token, client: { id: '', name: '', version: '' } });
      }),
    );
    return session;
  }

  return {
    load(image) {
      const wasServed = store.logs.some((log) => log.id === image.log);
      const log = store.load(image);
      context.endRound();
      for (const session of core.sessions) reloadSession(session, log, wasServed);
      for (const session of core.sessions) core.contained(session, () => serve(core, session, clock.now()));
    },
    append(log, entries) {
      core.health.taken(entries);
      store.append(log, entries);
    },
    signal(changes) {
      core.health.totals.signals += changes.length;
      store.signal(changes);
    },
    connect(name, transport, token) {
      const endpoint = endpoints.get(name);
      if (endpoint === undefined) {
        transport.close(CLOSE_CODES.unknownEndpoint.code, CLOSE_CODES.unknownEndpoint.message);
        return DEAD;
      }
      if (drain.hasBegun()) return refuse(endpoint, transport, 'draining', 'draining');
      if (core.sessions.size >= core.limits.sessions || refusesNewSessions(core.health.level))
        return refuse(endpoint, transport, 'overloaded', 'overloaded');
      const seat = new SeatedConnection(core);
      open({ endpoint, transport, seat, token: token ?? null });
      return seat;
    },
    sessions: () => [...core.sessions].map((session) => sessionFigures(session, clock.now())),
    sessionPage: (query) => sessionPage(core, query),
    census() {
      const census = core.health.census();
      const now = clock.now();
      return { ...census, worst: census.worst.map((session) => sessionFigures(session, now)) };
    },
    degrade(level) {
      core.health.level = level;
      flusher.stretch(stretchAt(level));
    },
    figures: () => ({
      sessions: core.sessions.size,
      sessionsOpened: core.totals.sessions,
      users: core.users.size,
      topics: store.count(),
      interests: interests.count(),
      encodes: counts.encodes,
      batches: context.batches(),
      cachedBytes: counts.cachedBytes,
      writes: core.totals.writes,
      messagesSent: core.totals.messages,
      bytesSent: core.totals.bytes,
      ...flusher.figures(),
      commandsInFlight: core.totals.commandsInFlight,
      publishesInFlight: core.totals.publishesInFlight,
      messagesReceived: core.health.totals.messagesReceived,
      bytesReceived: core.health.totals.bytesReceived,
      entriesTaken: core.health.totals.entries,
      changesTaken: core.health.totals.changes,
      signalsTaken: core.health.totals.signals,
      counts: core.health.counts(),
      latency: context.latencies,
    }),
    revoke: ({ userIds = [], tokenIds = [] }) =>
      revokeSessions(core, { userIds: new Set(userIds), tokenIds: new Set(tokenIds) }),
    drain: ({ windowMs } = {}) => drain.begin(windowMs),
    close() {
      drain.end();
      sweep.close();
      flusher.close();
      ticks.close();
    },
  };
}

/** What a refused connection reports to. */
const DEAD: Connection = { receive() {}, closed() {}, ponged() {} };

/** Twenty-odd random letters and digits: unique, not secret. */
function newId(random: Random): string {
  return [0, 0].map(() => Math.floor(random.next() * 2 ** 52).toString(36)).join('');
}

/** A listener that throws must not take the hub with it, and has nobody to tell. */
function containedLog(listener: HubOptions['onLog']): (entry: HubLogEntry) => void {
  return (entry) => {
    try {
      listener?.(entry);
    } catch {
      // Nothing can be reported to a log that fails.
    }
  };
}
