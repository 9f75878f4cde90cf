import type { FactoryEvent } from '../engine/engine-types.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import { localHour } from '../time/zone.ts';
import { rotaHoles } from './on-call.ts';
import type { EscalationClock } from './policy.ts';

export interface PersonLoad {
  readonly person: string;
  readonly messages: number;
  readonly byMeans: Readonly<Record<string, number>>;
  /** By local hour of the day, 24 of them. */
  readonly byHour: readonly number[];
  /** The most within 60 min, and when they began; `null`: none at all. */
  readonly busiestHour: { readonly from: EpochMs; readonly messages: number } | null;
}

interface UntoldCall {
  readonly callId: string;
  readonly line: LinePath;
  readonly receivedAt: EpochMs;
}

export interface PolicyReport {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly calls: number;
  /** Calls on lines the plant does not have; they are in nothing else. */
  readonly unknownLines: number;
  /** Levels that began, by clock and level, as `acknowledgement 2`. */
  readonly levels: Readonly<Record<string, number>>;
  readonly people: readonly PersonLoad[];
  /** Never told, and told when quiet hours were over. */
  readonly suppressed: { readonly quietHours: number; readonly rateLimit: number; readonly deferred: number };
  /** From when a call was received to the first message to anybody, ms. */
  readonly firstTold: {
    readonly calls: number;
    readonly medianMs: number | null;
    readonly p95Ms: number | null;
    readonly maxMs: number | null;
  };
  /** Calls of which nobody was told. */
  readonly untold: readonly UntoldCall[];
  /** Levels at which nobody was on call. */
  readonly nobodyOnCall: readonly {
    readonly callId: string;
    readonly line: LinePath;
    readonly at: EpochMs;
    readonly clock: EscalationClock;
    readonly level: number;
    readonly goesUp: boolean;
  }[];
  /** Stretches in which a rota that a policy uses has nobody, with or without a call. */
  readonly holes: readonly { readonly rota: string; readonly from: EpochMs; readonly to: EpochMs }[];
}

interface Window {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly unknownLines: number;
}

/** What a policy made of calls, from the events of a simulation. */
export function policyReport(
  config: PlantConfig,
  events: readonly FactoryEvent[],
  { from, to, unknownLines }: Window,
): PolicyReport {
  const calls = new Map<string, UntoldCall>();
  const toldAfterMs = new Map<string, number>();
  const sent = new Map<string, Sent[]>();
  const levels: Record<string, number> = {};
  const suppressed = { quietHours: 0, rateLimit: 0, deferred: 0 };
  const nobodyOnCall: PolicyReport['nobodyOnCall'][number][] = [];
  for (const event of events) {
    if (event.type === 'callRaised') {
      const { callId, line, receivedAt } = event;
      calls.set(callId, { callId, line, receivedAt });
    } else if (event.type === 'escalationTriggered') {
      const name = `${event.clock} ${event.level}`;
      levels[name] = (levels[name] ?? 0) + 1;
    } else if (event.type === 'escalationSuppressed')
      suppressed[event.deferred === undefined ? event.by : 'deferred'] += 1;
    else if (event.type === 'nobodyOnCall') {
      const { callId, line, at, clock, level, goesUp } = event;
      nobodyOnCall.push({ callId, line, at, clock, level, goesUp });
    } else if (event.type === 'notificationRequested') {
      const { person, means, at, items } = event;
      const own = sent.get(person) ?? [];
      sent.set(person, own);
      own.push({ at, means });
      for (const { callId, subject } of items) {
        // Whoever asks for help is no help.
        if (subject === 'stillNeeded' || toldAfterMs.has(callId)) continue;
        toldAfterMs.set(callId, at - (calls.get(callId)?.receivedAt ?? at));
      }
    }
  }
  const delays = [...toldAfterMs.values()].sort((a, b) => a - b);
  return {
    from,
    to,
    calls: calls.size,
    unknownLines,
    levels,
    people: peopleIn(config, sent).map((person) =>
      loadOf(person, sent.get(person) ?? [], config.site.timeZone),
    ),
    suppressed,
    firstTold: {
      calls: delays.length,
      medianMs: quantile(delays, 0.5),
      p95Ms: quantile(delays, 0.95),
      maxMs: delays.at(-1) ?? null,
    },
    untold: [...calls.values()].filter(({ callId }) => !toldAfterMs.has(callId)),
    nobodyOnCall,
    holes: holesOf(config, from, to),
  };
}

interface Sent {
  readonly at: EpochMs;
  readonly means: string;
}

/** Everybody the plant names, then others who were asked something. */
function peopleIn(config: PlantConfig, sent: ReadonlyMap<string, unknown>): readonly string[] {
  const named = (config.escalation?.people ?? []).map(({ id }) => id);
  return [...new Set([...named, ...sent.keys()])];
}

const HOUR_MS = 3_600_000;

function loadOf(person: string, sent: readonly Sent[], timeZone: string): PersonLoad {
  const byMeans: Record<string, number> = {};
  const byHour = Array.from({ length: 24 }, () => 0);
  let busiestHour: PersonLoad['busiestHour'] = null;
  let first = 0;
  for (const [index, { at, means }] of sent.entries()) {
    byMeans[means] = (byMeans[means] ?? 0) + 1;
    const hour = localHour(at, timeZone);
    byHour[hour] = (byHour[hour] ?? 0) + 1;
    while ((sent[first]?.at ?? at) <= at - HOUR_MS) first += 1;
    const messages = index - first + 1;
    if (messages > (busiestHour?.messages ?? 0)) busiestHour = { from: sent[first]?.at ?? at, messages };
  }
  return { person, messages: sent.length, byMeans, byHour, busiestHour };
}

/** Of values in order, the least that is not below so large a share of them; `null`: there are none. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

function holesOf(
  { escalation, site }: PlantConfig,
  from: EpochMs,
  to: EpochMs,
): readonly { readonly rota: string; readonly from: EpochMs; readonly to: EpochMs }[] {
  if (escalation === undefined || to <= from) return [];
  const used = new Set(
    escalation.policies
      .flatMap(({ toAcknowledge, toResolve }) => [...toAcknowledge, ...toResolve])
      .flatMap(({ recipients }) => recipients)
      .flatMap((recipient) => ('rota' in recipient ? [recipient.rota] : [])),
  );
  return escalation.rotas
    .filter(({ id }) => used.has(id))
    .flatMap((rota) =>
      rotaHoles(rota, site.timeZone, from, to).map((hole) => ({
        rota: rota.id,
        from: hole.from,
        to: hole.to,
      })),
    );
}
