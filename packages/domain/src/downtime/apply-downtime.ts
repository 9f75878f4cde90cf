import { alarmCodesAround } from '../alarm/known-alarms.ts';
import type { EngineState, LineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { PlantConfig } from '../plant/plant.ts';
import { WITHDRAWN_KEPT, type Downtime } from './downtime.ts';
import { withEdit } from './downtime-edits.ts';
import type { DowntimeEvent } from './downtime-events.ts';
import { withMerge, withoutMergeAt } from './merged-stops.ts';
import { withPastReason } from './past-reasons.ts';
import { edgesOf, withSpan } from './reason-spans.ts';
import { restate } from '../time/list-marks.ts';

type OfStop = Extract<
  DowntimeEvent,
  { type: 'downtimeStarted' | 'downtimeEnded' | 'downtimeWithdrawn' | 'downtimeRuleVoided' }
>;
type Edit = Exclude<DowntimeEvent, OfStop | { type: 'downtimeStatisticsCalculated' }>;

export function applyDowntime(state: EngineState, config: PlantConfig, event: DowntimeEvent): void {
  if (event.type === 'downtimeStatisticsCalculated') return;
  const equipment = event.equipment ?? event.downtimeId.slice(0, event.downtimeId.lastIndexOf('@'));
  const path = plantIndex(config).equipment.get(equipment)?.config.line;
  const line = lineOf(state, path ?? equipment);
  if (isOfStop(event)) applyToStop(line, event);
  else if (event.type === 'downtimeClassified') applyClassified(state, line, event);
  else {
    applyEdit(line, event);
    line.downtimeEdits = withEdit(line.downtimeEdits ?? [], event, event);
  }
}

function isOfStop(event: OfStop | Edit): event is OfStop {
  return (
    event.type === 'downtimeStarted' ||
    event.type === 'downtimeEnded' ||
    event.type === 'downtimeWithdrawn' ||
    event.type === 'downtimeRuleVoided'
  );
}

function applyToStop(line: LineState, event: OfStop): void {
  const { downtimes } = line;
  const from = event.type === 'downtimeEnded' || event.type === 'downtimeRuleVoided' ? event.from : event.at;
  const position = downtimes.findLastIndex((downtime) => downtime.from <= from);
  const known = downtimes[position]?.from === from ? downtimes[position] : undefined;
  if (event.type === 'downtimeStarted') {
    const started: Downtime = {
      id: event.downtimeId,
      equipment: event.equipment,
      from,
      to: null,
      state: event.state,
      machineReason: event.reason ?? null,
      minor: false,
      ruled: known?.ruled ?? null,
    };
    if (line.withdrawn !== undefined)
      line.withdrawn = line.withdrawn.filter(({ id }) => id !== event.downtimeId);
    if (position < downtimes.length - 1 || known !== undefined) restate(downtimes, from);
    if (known === undefined) downtimes.splice(position + 1, 0, started);
    else downtimes[position] = started;
  } else if (known !== undefined) {
    restate(downtimes, from);
    if (event.type === 'downtimeWithdrawn') {
      downtimes.splice(position, 1);
      const { id, to } = known;
      line.withdrawn = [...(line.withdrawn ?? []), { id, from, to }].slice(-WITHDRAWN_KEPT);
    } else if (event.type === 'downtimeRuleVoided') downtimes[position] = { ...known, ruled: null };
    else downtimes[position] = { ...known, to: event.at, minor: event.minor };
  }
}

function applyClassified(
  state: EngineState,
  line: LineState,
  event: Extract<Edit, { type: 'downtimeClassified' }>,
): void {
  const { downtimes } = line;
  const { author, rule, reason, at } = event;
  const index = downtimes.findLastIndex(({ id }) => id === event.downtimeId);
  const known = downtimes[index];
  const from = event.from ?? known?.from ?? at;
  const stretch = { from, to: event.to ?? known?.to ?? Math.max(at, from + 1) };
  line.downtimeEdits = withEdit(line.downtimeEdits ?? [], event, stretch);
  if (author === undefined) {
    if (known === undefined || rule === undefined) return;
    downtimes[index] = { ...known, ruled: { rule, reason } };
    restate(downtimes);
    return;
  }
  const span = { ...stretch, reason, author, at, ...edgesOf(stretch, downtimes) };
  line.reasonSpans = withSpan(line.reasonSpans ?? [], span);
  if (known === undefined) return;
  const alarms = alarmCodesAround(state, known.equipment, known.from);
  line.pastReasons = withPastReason(line.pastReasons ?? [], known, reason, alarms);
}

function applyEdit(line: LineState, event: Exclude<Edit, { type: 'downtimeClassified' }>): void {
  const { author, at, from, to } = event;
  if (event.type === 'downtimeSplit') {
    for (const part of event.after) {
      const span = { ...part, author, at, ...edgesOf(part, line.downtimes) };
      line.reasonSpans = withSpan(line.reasonSpans ?? [], span);
    }
  } else if (event.type === 'downtimesMerged') {
    line.merges = withMerge(line.merges ?? [], { from, to, author, at });
  } else if (event.type === 'downtimesParted') {
    line.merges = withoutMergeAt(line.merges ?? [], event.splitAt, line.downtimes);
  }
}
