import { equipmentTimeline, type Observation, type PlantConfig } from '@ms5/domain';
import type { Clock, EntryChanges, LogImage, PublishResult, Random, SignalChange } from '@ms5/hub';
import { isTransientClient, matchesAny, type Json, type OutcomeMessage } from '@ms5/wire';
import type { ObservationResult, PlantDescription, SystemHealthDocument } from '@ms5/wire/factory';
import type { Plant } from '../../config/index.ts';
import type {
  CommandRequest,
  DisplayedReceipt,
  EngineQuery,
  ObserveReply,
  PublishRequest,
  QueryReply,
} from '../../engine-port.ts';
import { lastLevel } from '../../plant-names.ts';
import { startEngineCore, type EngineCore, type EngineLoad } from '../core/engine-core.ts';
import { readEvents } from '../core/read-events.ts';
import { unknownTopic, type BatchItem, type ItemReply } from '../core/group.ts';
import { commandRefusal, lineOfCommand, otherLineOfCommand, parseCommand } from '../ingest/commands.ts';
import type { Connector, ConnectorSink, ConnectorStatus } from '../ingest/connector.ts';
import { withinPermission } from '../ingest/observation-permission.ts';
import { parseObservations, type ParsedObservation } from '../ingest/observations.ts';
import { parsePublication } from '../ingest/publications.ts';
import { createShdrConnector } from '../ingest/shdr/shdr-connector.ts';
import type { EventLog } from '../log/event-log.ts';
import { telemetryTopic, topicOf } from '../projections/topics.ts';
import { createRecentNames } from './recent-names.ts';
import { createBodyQueue } from './body-queue.ts';
import { createSignalBuffer } from './signal-buffer.ts';

/** Signals of other programs whose kind is remembered; beyond it the one published longest ago is forgotten. */
const APP_SIGNALS = 10_000;

/** How long a key is remembered that has neither a lateness window nor a lasting client to go by. */
const KEY_KEPT_MS = 7 * 86_400_000;

export interface EngineServiceOptions {
  readonly log: EventLog;
  readonly plant: Plant;
  readonly clock: Clock;
  readonly random: Random;
  readonly onCommitted: (entries: readonly EntryChanges[], head: number) => void;
  readonly onSignals: (changes: readonly SignalChange[]) => void;
  readonly onConnectors: (list: SystemHealthDocument['connectors']['list']) => void;
  readonly onFailure: (error: Error) => void;
}

/** What waits to be committed, and to be parsed. */
export interface ServiceLoad extends EngineLoad {
  readonly queuedBodyBytes: number;
}

/** Everything that runs on the engine's thread, without the thread. */
export interface EngineService {
  image(): LogImage;
  load(): ServiceLoad;
  /** Starts the connectors. */
  start(): void;
  observe(body: Uint8Array, source: string, permitted: readonly string[]): Promise<ObserveReply>;
  command(request: CommandRequest): Promise<Omit<OutcomeMessage, 'type' | 'id'>>;
  publish(request: PublishRequest): Promise<PublishResult>;
  displayed(receipt: DisplayedReceipt): void;
  query(query: EngineQuery): QueryReply;
  close(): Promise<void>;
}

export function createEngineService(options: EngineServiceOptions): EngineService {
  const { log, plant, clock, random } = options;
  const { config } = plant;
  const site = config.site.id;
  const core = startEngineCore({
    log,
    config,
    clock,
    onCommitted: options.onCommitted,
    onFailure: options.onFailure,
  });
  const bodies = createBodyQueue(clock);
  const windows = latenessWindows(config);
  const signals = createSignalBuffer(clock, options.onSignals);
  const appSignals = createRecentNames(APP_SIGNALS);
  const statuses = new Map<string, ConnectorStatus>();
  let connectors: readonly Connector[] = [];

  const observe = async (
    body: Uint8Array,
    user: string,
    permitted: readonly string[],
  ): Promise<ObserveReply> => {
    const parsed = parseObservations(body, user, clock.now());
    if (parsed.status === 'malformed') return parsed;
    const { items: own, rejected } = withinPermission(parsed, config, permitted);
    const items = own.map((item) => batchItemOf(item, windows));
    const reply = items.length === 0 ? [] : await core.batch({ source: `user:${user}`, items });
    if ('status' in reply) return reply;
    publishTelemetry(own, reply, (equipment, name, at, value) =>
      signals.put(telemetryTopic(site, equipment, name), at, value),
    );
    const results = own.map((item, place) => resultOf(item, reply[place]));
    if (rejected.length === 0) return { status: 'done', results };
    return { status: 'done', results: [...rejected, ...results].sort((a, b) => a.index - b.index) };
  };

  const sinkOf = (id: string): ConnectorSink => ({
    observations: async (observations) => refusalsOf(await take(core, `connector:${id}`, observations)),
    telemetry: (equipment, values) => {
      for (const { name, at, value } of values) signals.put(telemetryTopic(site, equipment, name), at, value);
    },
    status: (status) => {
      statuses.set(status.id, status);
      options.onConnectors([...statuses.values()]);
    },
  });

  const publishSignal = (topic: string, value: Json): PublishResult => {
    const known = core.memory.projector.kindOf(topic);
    if (known !== undefined) return { status: 'refused', message: `${topic} is a ${known}` };
    appSignals.add(topic);
    signals.put(topic, clock.now(), value);
    return { status: 'published', isDuplicate: false };
  };

  return {
    image: () => core.image(),
    load: () => ({ ...core.load(), queuedBodyBytes: bodies.waitingBytes() }),
    start: () => {
      connectors = plant.connectors.map((each) => {
        const silentAfterMs =
          config.equipment.find(({ path }) => path === each.equipment)?.silentAfterMs ?? null;
        return createShdrConnector({ config: each, silentAfterMs, clock, random, sink: sinkOf(each.id) });
      });
    },
    observe: (body, user, permitted) => bodies.offer(body.byteLength, () => observe(body, user, permitted)),
    publish: async (request) => {
      const parsed = parsePublication(request);
      if (!parsed.ok) return { status: 'refused', message: parsed.message };
      if (parsed.kind === 'signal') return publishSignal(parsed.topic, parsed.value);
      if (appSignals.has(parsed.publication.topic)) {
        return { status: 'refused', message: `${parsed.publication.topic} is a signal` };
      }
      const { key, author } = request;
      return core.publish({
        publication: parsed.publication,
        author: author.userId,
        ...(key === undefined ? {} : { key }),
      });
    },
    displayed: ({ topic, key, offset, reader, at }) => {
      const call = core.memory.state.calls.find(({ id }) => id === key);
      if (call === undefined || call.displayed !== undefined) return;
      if (topic !== topicOf(site, call.line, 'andon')) return;
      if (!isShown(log, call.receivedAt, offset)) return;
      core.display({ topic, callId: key, shownOffset: offset, reader: reader.userId, at });
    },
    command: async (request) => runCommand(core, site, request),
    query: (query) => runQuery(core, log, query, clock),
    close: async () => {
      bodies.flush();
      for (const connector of connectors) connector.close();
      signals.close();
      await core.close();
    },
  };
}

/**
 * Whether a document shown at this offset was of the call that was received then: the entry was committed, and not
 * before the call. Receipts from before the log began anew may name a call of the same id.
 */
function isShown(log: EventLog, receivedAt: number, offset: number): boolean {
  if (offset < 1 || offset > log.head()) return false;
  for (const { at } of log.entries(offset - 1)) return at >= receivedAt;
  return false;
}

/** Connectors hold back by themselves, so they are never answered `busy`. */
function take(
  core: EngineCore,
  source: string,
  observations: readonly Observation[],
): Promise<readonly ItemReply[]> {
  return core.mustTake({ source, items: observations.map((observation) => ({ observation })) });
}

function refusalsOf(replies: readonly ItemReply[]): readonly string[] {
  return replies.flatMap((reply) => (reply.status === 'rejected' ? [reply.refusal.message] : []));
}

function latenessWindows(config: PlantConfig): ReadonlyMap<string, number> {
  return new Map(config.equipment.map(({ path, latenessWindowMs }) => [path, latenessWindowMs]));
}

/**
 * A repetition that comes after the lateness window is refused for being late, so keys need not outlive it. An item
 * without a time of its own is always new by time: its key is kept for a week.
 */
function batchItemOf(
  { observation, key, source, hasOwnTime }: ParsedObservation,
  windows: ReadonlyMap<string, number>,
): BatchItem {
  if (key === undefined) return { observation };
  const windowMs = hasOwnTime ? (windows.get(observation.equipment) ?? 0) : KEY_KEPT_MS;
  return { observation, key: { source, key, expiresAt: observation.receivedAt + windowMs } };
}

function resultOf({ index }: ParsedObservation, reply: ItemReply | undefined): ObservationResult {
  if (reply === undefined) return { index, status: 'rejected', message: 'not decided' };
  if (reply.status !== 'rejected') return { index, status: reply.status };
  const { path, message } = reply.refusal;
  return { index, status: 'rejected', message, ...(path === undefined ? {} : { path }) };
}

function publishTelemetry(
  items: readonly ParsedObservation[],
  replies: readonly ItemReply[],
  put: (equipment: string, name: string, at: number, value: number | string | boolean) => void,
): void {
  for (const [place, { observation, telemetry }] of items.entries()) {
    if (replies[place]?.status !== 'accepted') continue;
    for (const [name, value] of telemetry) put(observation.equipment, name, observation.at, value);
  }
}

async function runCommand(
  core: EngineCore,
  site: string,
  { command: name, data, key, deadline, expected, author, permitted, readable }: CommandRequest,
): Promise<Omit<OutcomeMessage, 'type' | 'id'>> {
  const parsed = parseCommand(name, data);
  if (!parsed.ok) return { status: 'rejected', ...parsed.refusal };
  const { command } = parsed;
  const other = otherLineOfCommand(command);
  const refusal =
    commandRefusal(permitted, site, lineOfCommand(core.memory.state, command), command) ??
    (other === undefined ? null : commandRefusal(permitted, site, other, command));
  if (refusal !== null) return { status: 'rejected', ...refusal };
  if (expected !== undefined && !matchesAny(readable, expected.topic)) return unknownTopic(expected.topic);
  const { clientId, counter } = key;
  return core.command({
    command,
    // A client's counter counts for one user: nobody learns or takes away another's outcomes.
    key: { clientId: `${encodeURIComponent(author.userId)}/${clientId}`, counter },
    author: author.userId,
    ...(isTransientClient(clientId) ? { keyKeptMs: KEY_KEPT_MS } : {}),
    ...(deadline === undefined ? {} : { deadline }),
    ...(expected === undefined ? {} : { expected }),
  });
}

function runQuery(core: EngineCore, log: EventLog, query: EngineQuery, clock: Clock): QueryReply {
  const { state, config } = core.memory;
  if (query.kind === 'events') {
    return { status: 'done', value: JSON.stringify(readEvents(log, core.memory, clock, query)) };
  }
  if (query.kind === 'plant') return { status: 'done', value: describePlant(config) as unknown as Json };
  const view = equipmentTimeline(state, config, query.equipment, query.from, query.to, clock.now());
  return 'unknown' in view
    ? { status: 'notFound', message: `no equipment "${query.equipment}" in this plant` }
    : { status: 'done', value: view as unknown as Json };
}

function describePlant(config: PlantConfig): PlantDescription {
  const areas = new Map<
    string,
    { id: string; name: string; lines: PlantDescription['areas'][number]['lines'] }
  >();
  const names = new Map(config.equipment.map(({ path, name }) => [path, name]));
  for (const line of config.lines) {
    const area = areas.get(line.areaId) ?? { id: line.areaId, name: line.areaName, lines: [] };
    const described = {
      id: line.lineId,
      name: line.name,
      constraint: lastLevel(line.constraint),
      equipment: line.equipment.map((path) => ({ id: lastLevel(path), name: names.get(path) ?? path })),
    };
    areas.set(line.areaId, { ...area, lines: [...area.lines, described] });
  }
  return {
    site: config.site,
    areas: [...areas.values()],
    products: config.products.map(({ id, name, idealCycleMs }) => ({ id, name, idealCycleMs })),
    reasons: config.reasons.map(({ code, name, group, retired }) => ({
      code,
      name,
      ...(group === undefined ? null : { group }),
      ...(retired === true ? { retired } : null),
    })),
    reasonGroups: config.downtime?.groups ?? [],
  };
}
