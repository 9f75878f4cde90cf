import type { EngineState } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { conflict, refused } from '../engine/refusal.ts';
import { DEFAULT_DOWNTIME } from '../plant/downtime-config.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import { elsewhere, reasonRefusal } from './decide-classify.ts';
import type { Downtime } from './downtime.ts';
import { downtimesWithin } from './downtime.ts';
import { editsWithin } from './downtime-edits.ts';
import type { DowntimeCommand } from './downtime-events.ts';
import type { EditableStop } from './find-downtime.ts';
import { describeParts, editableStop, endOf, partsOf } from './find-downtime.ts';

type SplitDowntime = Extract<DowntimeCommand, { name: 'splitDowntime' }>;
type MergeDowntimes = Extract<DowntimeCommand, { name: 'mergeDowntimes' }>;
type NoteDowntime = Extract<DowntimeCommand, { name: 'noteDowntime' }>;

export function decideSplit(
  state: EngineState,
  config: PlantConfig,
  command: SplitDowntime,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  const refusal = command.reason === undefined ? null : reasonRefusal(config, command.reason);
  if (refusal !== null) return refusal;
  const stop = editableStop(state, config, command.downtimeId, now);
  if (stop.status === 'refused') return stop.result;
  const { splitAt, note } = command;
  const { group, horizon, downtime } = stop;
  const said = {
    downtimeId: downtime.id,
    equipment: downtime.equipment,
    at,
    author,
    splitAt,
    ...(note === undefined ? null : { note }),
  };
  const isIn = (each: Downtime): boolean => each.from < splitAt && splitAt < endOf(each, horizon);
  if (!group.some(isIn)) {
    const [first = downtime] = group;
    const last = group.at(-1) ?? downtime;
    // In a run between merged stops: there they come apart.
    if (first.from < splitAt && splitAt < last.from && command.reason === undefined) {
      const span = { from: first.from, to: endOf(last, horizon) };
      return { events: [{ type: 'downtimesParted', ...said, ...span }], data: { downtimeId: downtime.id } };
    }
  }
  const parts = partsOf(stop);
  const part = parts.find(({ from, to }) => from < splitAt && splitAt < to);
  if (part === undefined) return notThere(stop, splitAt);
  const reason = part.source.kind === 'person' ? part.reason : null;
  const after = [
    { from: part.from, to: splitAt, reason },
    { from: splitAt, to: part.to, reason: command.reason ?? reason },
  ];
  const beforeParts = [{ from: part.from, to: part.to, reason: part.reason }];
  const { from, to } = part;
  return {
    events: [{ type: 'downtimeSplit', ...said, from, to, beforeParts, after }],
    data: { downtimeId: downtime.id },
  };
}

function notThere(stop: EditableStop, splitAt: EpochMs): StepResult {
  const parts = partsOf(stop);
  const isCut = parts.slice(1).some(({ from }) => from === splitAt);
  const what = isCut ? 'is cut there already' : 'does not stand still there';
  return conflict(
    isCut ? 'alreadySplit' : 'nothingToSplit',
    `downtime ${stop.downtime.id} cannot be split at ${splitAt}: it ${what}; there stand ${describeParts(parts)}`,
  );
}

export function decideMerge(
  state: EngineState,
  config: PlantConfig,
  command: MergeDowntimes,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  const stops: EditableStop[] = [];
  for (const id of new Set(command.downtimeIds)) {
    const stop = editableStop(state, config, id, now);
    if (stop.status === 'refused') return stop.result;
    if (stop.line.config.path !== command.line) return elsewhere(id, stop, command.line);
    stops.push(stop);
  }
  const chosen = stops.map(({ downtime }) => downtime).sort((a, b) => a.from - b.from);
  const [first] = chosen;
  const last = chosen.at(-1);
  const [{ own, horizon } = NOTHING] = stops;
  if (first === undefined || last === undefined || own === undefined || chosen.length < 2)
    return refused('invalidDowntimes', 'expected at least two downtimes to merge', 'downtimeIds');
  const span = { from: first.from, to: endOf(last, horizon) };
  const merge = own.merges?.find(({ from, to }) => from <= span.from && to >= span.to);
  if (merge !== undefined)
    return conflict('alreadyMerged', `they were merged at ${merge.at} by ${merge.author}`);
  const between = downtimesWithin(own.downtimes, span).filter((each) => !chosen.includes(each));
  if (between.length > 0)
    return conflict('notAdjacent', `between them stand ${between.map(({ id }) => id).join(', ')}`);
  const longestMs = (config.downtime ?? DEFAULT_DOWNTIME).mergeRunMs;
  for (const [index, next] of chosen.slice(1).entries()) {
    const end = chosen[index]?.to ?? next.from;
    if (next.from - end > longestMs)
      return conflict(
        'runTooLong',
        `between ${end} and ${next.from} are ${next.from - end} ms; stops with at most ${longestMs} ms between may be merged`,
      );
  }
  return {
    events: [
      {
        type: 'downtimesMerged',
        downtimeId: first.id,
        equipment: first.equipment,
        at,
        author,
        ...span,
        downtimeIds: chosen.map(({ id }) => id),
        ...(command.note === undefined ? null : { note: command.note }),
      },
    ],
    data: { downtimeId: first.id },
  };
}

const NOTHING = { own: undefined, horizon: 0 };

export function decideNote(
  state: EngineState,
  config: PlantConfig,
  { downtimeId, note }: NoteDowntime,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  const stop = editableStop(state, config, downtimeId, now);
  if (stop.status === 'refused') return stop.result;
  const { downtime, own, horizon } = stop;
  const span = { from: downtime.from, to: endOf(downtime, horizon) };
  const before = editsWithin(own.downtimeEdits ?? [], span).findLast((edit) => edit.note !== undefined)?.note;
  return {
    events: [
      {
        type: 'downtimeNoted',
        downtimeId,
        equipment: downtime.equipment,
        at,
        author,
        ...span,
        note,
        ...(before === undefined ? null : { before }),
      },
    ],
    data: { downtimeId },
  };
}
