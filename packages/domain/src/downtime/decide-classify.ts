import type { EngineState } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { conflict, refused, unknownName } from '../engine/refusal.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import type { Interval } from '../time/interval.ts';
import type { DowntimeCommand, DowntimeEvent } from './downtime-events.ts';
import type { EditableStop } from './find-downtime.ts';
import { describeParts, editableStop, endOf, partsOf } from './find-downtime.ts';
import type { ReasonPart } from './reason-spans.ts';

type ClassifyDowntime = Extract<DowntimeCommand, { name: 'classifyDowntime' }>;
type ClassifyDowntimes = Extract<DowntimeCommand, { name: 'classifyDowntimes' }>;

/** At most so many stops at once. */
const MOST_AT_ONCE = 200;

/** Gives a stop its reason. A person's reason comes before a rule's and the machine's, and the last person's holds. */
export function decideClassify(
  state: EngineState,
  config: PlantConfig,
  command: ClassifyDowntime,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  const refusal = reasonRefusal(config, command.reason);
  if (refusal !== null) return refusal;
  const stop = editableStop(state, config, command.downtimeId, now);
  if (stop.status === 'refused') return stop.result;
  const parts = partsOf(stop);
  const stretch = command.partFrom === undefined ? wholeOf(stop) : partAt(parts, command.partFrom);
  if (stretch === undefined)
    return conflict(
      'noSuchPart',
      `no part of ${command.downtimeId} begins at ${command.partFrom}; there stand ${describeParts(parts)}`,
    );
  return {
    events: [classified(stop, parts, stretch, command, author, at)],
    data: { downtimeId: stop.downtime.id },
  };
}

/** All of them or none. */
export function decideClassifyMany(
  state: EngineState,
  config: PlantConfig,
  command: ClassifyDowntimes,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  const refusal = reasonRefusal(config, command.reason);
  if (refusal !== null) return refusal;
  const ids = new Set(command.downtimeIds);
  if (ids.size === 0 || ids.size > MOST_AT_ONCE)
    return refused('invalidDowntimes', `expected 1 to ${MOST_AT_ONCE} downtimes`, 'downtimeIds');
  const events = new Map<EpochMs, DowntimeEvent>();
  for (const id of ids) {
    const stop = editableStop(state, config, id, now);
    if (stop.status === 'refused') return stop.result;
    if (stop.line.config.path !== command.line) return elsewhere(id, stop, command.line);
    const stretch = wholeOf(stop);
    // Merged ones are one.
    if (!events.has(stretch.from))
      events.set(stretch.from, classified(stop, partsOf(stop), stretch, command, author, at));
  }
  return { events: [...events.values()] };
}

export function elsewhere(id: string, stop: EditableStop, line: LinePath): StepResult {
  const message = `downtime ${id} is one of ${stop.line.config.path}, not of ${line}`;
  return refused('otherLine', message, 'downtimeIds');
}

/** Why a reason cannot be given; `null`: it can. */
export function reasonRefusal(config: PlantConfig, reason: string): StepResult | null {
  const { reasons } = plantIndex(config);
  if (!reasons.has(reason)) return unknownName('unknownReason', 'reason', reason, reasons.keys(), 'reason');
  const isRetired = config.reasons.some(({ code, retired }) => code === reason && retired === true);
  return isRetired ? refused('retiredReason', `the reason "${reason}" is no longer given`, 'reason') : null;
}

function wholeOf({ group, downtime, horizon }: EditableStop): Interval {
  const [first = downtime] = group;
  return { from: first.from, to: endOf(group.at(-1) ?? downtime, horizon) };
}

function partAt(parts: readonly ReasonPart[], from: EpochMs): Interval | undefined {
  return parts.find((part) => part.from === from);
}

function classified(
  { downtime }: EditableStop,
  parts: readonly ReasonPart[],
  { from, to }: Interval,
  { reason, note }: Pick<ClassifyDowntime, 'reason' | 'note'>,
  author: string,
  at: EpochMs,
): DowntimeEvent {
  const before = parts.filter((part) => part.from < to && part.to > from);
  const reasons = new Set(before.map((part) => part.reason));
  const [only = null] = reasons;
  return {
    type: 'downtimeClassified',
    downtimeId: downtime.id,
    equipment: downtime.equipment,
    at,
    author,
    from,
    to,
    reason,
    ...(note === undefined ? null : { note }),
    ...(reasons.size > 1
      ? { beforeParts: before.map((part) => ({ from: part.from, to: part.to, reason: part.reason })) }
      : only === null
        ? null
        : { before: only }),
  };
}
