import {
  configurationSpans,
  explainFigures,
  placeOf,
  rollUpReport,
  scopeInputs,
  stateFromEvents,
  type ExplainedInterval,
  type FactoryEvent,
  type FigureSums,
  type Interval,
  type Scope,
} from '@ms5/domain';
import type { Json } from '@ms5/wire';
import type { ClockTable } from './clock-table.ts';
import { lineOf } from './figure-store.ts';
import type { EventRow, ExplainedFigure } from './history-port.ts';
import type { AsOf, KnownEvents } from './known-events.ts';

/** A figure as its intervals, the rules that made them, and what was told and done. `null`: no such line. */
export function explanationOf(
  { clock, known }: { readonly clock: ClockTable; readonly known: KnownEvents },
  scope: Scope,
  asked: Interval,
  asOf: AsOf,
  limit: number,
): ExplainedFigure | null {
  const loaded = clock.configurations(asOf);
  const newest = loaded.at(-1)?.config;
  const line = newest === undefined ? undefined : lineOf(newest, scope);
  if (line === undefined) return null;
  const window = { from: asked.from, to: Math.max(asked.from, Math.min(asked.to, asOf.at)) };
  const sums: FigureSums[] = [];
  const intervals: ExplainedInterval[] = [];
  let steps: readonly Json[] = [];
  const observations = new Map<string, EventRow>();
  for (const { config, ...span } of configurationSpans(loaded, line, window)) {
    const { events } = known.around(config, scope, span, asOf);
    const inputs = scopeInputs(
      stateFromEvents(
        config,
        events.map(({ event }) => event),
        asOf.at,
      ),
      config,
      scope,
      span,
      asOf.at,
    );
    if (inputs.length === 0) continue;
    const explained = explainFigures(inputs);
    sums.push(explained.figures);
    intervals.push(...explained.intervals);
    steps = explained.steps as unknown as readonly Json[];
    for (const row of events)
      if (bearsOn(row.event, span)) observations.set(`${row.offset}/${row.place}`, rowOf(row, line));
  }
  const used = [...observations.values()];
  return {
    window,
    figures: rollUpReport(sums, 1),
    intervals: intervals.slice(0, limit),
    steps,
    observations: used.slice(0, limit),
    truncated: used.length > limit || intervals.length > limit,
  };
}

/** Facts beyond the window set its edges: they are told too, acts only where they touch it. */
function bearsOn(event: FactoryEvent, { from, to }: Interval): boolean {
  const place = placeOf(event);
  return place.bearing === 'fact' || (place.from <= to && place.to >= from);
}

function rowOf(
  { offset, place, event }: { readonly offset: number; readonly place: number; readonly event: FactoryEvent },
  line: string,
): EventRow {
  const { from, equipment, author } = placeOf(event);
  return {
    offset,
    place,
    at: from,
    type: event.type,
    line,
    ...(equipment === undefined ? {} : { equipment }),
    ...(author === undefined ? {} : { author }),
    event: event as unknown as Json,
  };
}
