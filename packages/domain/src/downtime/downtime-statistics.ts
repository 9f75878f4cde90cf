import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import { isStop } from '../equipment/state-mapping.ts';
import type { Scope } from '../history/history-figures.ts';
import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import { equipmentInputs, lineInputPieces } from '../oee/line-figures.ts';
import { failureRatios } from '../oee/ratios.ts';
import type { OeeInputs } from '../oee/oee-figures.ts';
import type { Stop } from '../oee/stops.ts';
import { failuresOf, stopsOf } from '../oee/stops.ts';
import type { TimePiece } from '../oee/time-buckets.ts';
import { timePieces } from '../oee/time-buckets.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import { DONT_KNOW } from '../plant/reasons.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import type { Interval } from '../time/interval.ts';
import type { MergedStops } from './merged-stops.ts';
import type { DowntimeStatistics, ReasonShare } from './statistics.ts';

/** More minor stops than this in so long a time are a flood, as ISA-18.2 has it of alarms. */
const FLOOD_STOPS = 10;
const FLOOD_MS = 600_000;

/** Statistics of a line's shift at `now`. */
export function lineDowntimeStatistics(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  now: EpochMs,
): DowntimeStatistics {
  const shift = lineShiftAt(state, config, line, now);
  if (shift === null) return withoutStatistics('noShift');
  const { from, to } = shift;
  return downtimeStatistics(state, config, { kind: 'line', path: line }, { from, to }, now);
}

/** Statistics over any window whose facts are held, up to `now`, of a line's constraint or any equipment. */
export function downtimeStatistics(
  state: EngineState,
  config: PlantConfig,
  scope: Scope,
  window: Interval,
  now: EpochMs,
): DowntimeStatistics {
  const inputs = inputsOf(state, config, scope, window, now);
  if ('unknown' in inputs) return withoutStatistics(inputs.unknown);
  const line = lineOfScope(config, scope);
  const merges = line === undefined ? [] : (lineOf(state, line).merges ?? []);
  const stretches = inputs.map((input) => ({ input, pieces: timePieces(input), stops: stopsOf(input) }));
  const shares = stretches.flatMap(({ pieces }) => stopShares(pieces, merges));
  const major = shares.filter(({ minor }) => !minor);
  const minor = shares.filter((share) => share.minor);
  const totalMs = sumOf(major);
  const floods = stretches.flatMap(({ input, stops }) => floodsOf(stops, input.window));
  return {
    window,
    stops: {
      count: major.length,
      totalMs,
      meanMs: major.length === 0 ? unknown('noStop') : totalMs / major.length,
      longestMs: Math.max(0, ...major.map(({ ms }) => ms)),
    },
    minorStops: { count: minor.length, totalMs: sumOf(minor) },
    byReason: paretoOf(config, major, totalMs),
    reasonDebt: debtOf(major, plantIndex(config).reasons),
    failures: failuresIn(stretches),
    floods,
    flags: { codes: flagsOf(shares, floods) },
  };
}

/** Of a line whose constraint depends on the product, one per stretch under one constraint. */
function inputsOf(
  state: EngineState,
  config: PlantConfig,
  scope: Scope,
  window: Interval,
  now: EpochMs,
): readonly OeeInputs[] | Unknown {
  if (scope.kind === 'equipment') {
    const input = equipmentInputs(state, config, scope.path, window, now);
    return 'unknown' in input ? input : [input];
  }
  const line = plantIndex(config).lines.get(scope.path);
  return line === undefined ? unknown('unknownLine') : lineInputPieces(state, config, line, window, now);
}

function lineOfScope(config: PlantConfig, { kind, path }: Scope): LinePath | undefined {
  return kind === 'line' ? path : plantIndex(config).equipment.get(path)?.carries?.path;
}

/** A stretch under one constraint, in its pieces and stops. */
interface Stretch {
  readonly input: OeeInputs;
  readonly pieces: readonly TimePiece[];
  readonly stops: readonly Stop[];
}

/** The planned time of one stop, or of merged ones, inside the window. */
interface StopShare {
  readonly ms: number;
  readonly minor: boolean;
  readonly open: boolean;
  readonly pieces: readonly TimePiece[];
}

function stopShares(found: readonly TimePiece[], merges: readonly MergedStops[]): readonly StopShare[] {
  const byStop = new Map<Stop | MergedStops, TimePiece[]>();
  for (const piece of found) {
    const { stop } = piece;
    if (stop === null || piece.plan !== 'planned' || !isStop(piece.segment.state)) continue;
    const key = merges.find(({ from, to }) => from < stop.to && to > stop.from) ?? stop;
    const pieces = byStop.get(key);
    if (pieces === undefined) byStop.set(key, [piece]);
    else pieces.push(piece);
  }
  return [...byStop.values()].map((pieces) => ({
    ms: lengthOf(pieces),
    // One that is not minor makes those merged with it not minor.
    minor: pieces.every(({ stop }) => stop?.minor === true),
    open: pieces.some(({ stop }) => stop?.open === true),
    pieces,
  }));
}

function lengthOf(pieces: readonly Interval[]): number {
  return pieces.reduce((sum, { from, to }) => sum + to - from, 0);
}

function sumOf(shares: readonly StopShare[]): number {
  return shares.reduce((sum, { ms }) => sum + ms, 0);
}

function paretoOf(config: PlantConfig, stops: readonly StopShare[], totalMs: number): readonly ReasonShare[] {
  const groups = new Map(config.reasons.map(({ code, group }) => [code, group]));
  const sums = [...reasonTimes(stops)].sort(
    ([a, one], [b, other]) => other.totalMs - one.totalMs || (a < b ? -1 : 1),
  );
  let sumMs = 0;
  return sums.map(([, time]): ReasonShare => {
    sumMs += time.totalMs;
    const group = time.reason === null ? undefined : groups.get(time.reason);
    const share = { share: time.totalMs / totalMs, cumulativeShare: sumMs / totalMs };
    return Object.assign(group === undefined ? {} : { group }, time, share);
  });
}

type ReasonTime = {
  -readonly [Key in 'reason' | 'loss' | 'count' | 'totalMs' | 'longestMs']: ReasonShare[Key];
};

/** Time and stops by loss and reason. */
function reasonTimes(stops: readonly StopShare[]): ReadonlyMap<string, ReasonTime> {
  const found = new Map<string, ReasonTime>();
  for (const { pieces } of stops) {
    const ofStop = new Map<ReasonTime, number>();
    for (const { bucket, segment, from, to } of pieces) {
      const { reason } = segment;
      const key = `${bucket} ${reason ?? ''}`;
      const time = found.get(key) ?? { reason, loss: bucket, count: 0, totalMs: 0, longestMs: 0 };
      found.set(key, time);
      ofStop.set(time, (ofStop.get(time) ?? 0) + to - from);
    }
    for (const [time, ms] of ofStop) {
      time.count += 1;
      time.totalMs += ms;
      time.longestMs = Math.max(time.longestMs, ms);
    }
  }
  return found;
}

function debtOf(
  stops: readonly StopShare[],
  reasons: OeeInputs['reasons'],
): DowntimeStatistics['reasonDebt'] {
  const isOwed = ({ bucket, segment: { reason } }: TimePiece): boolean =>
    bucket === 'unexplained' && (reason === null || reason === DONT_KNOW || !reasons.has(reason));
  const owed = stops.map(({ pieces }) => pieces.filter(isOwed)).filter((pieces) => pieces.length > 0);
  const dontKnow = owed.flat().filter(({ segment }) => segment.reason === DONT_KNOW);
  return { ms: lengthOf(owed.flat()), dontKnowMs: lengthOf(dontKnow), stops: owed.length };
}

function failuresIn(stretches: readonly Stretch[]): DowntimeStatistics['failures'] {
  const sums = { begun: 0, repaired: 0, repairMs: 0 };
  let runMs = 0;
  for (const { input, pieces, stops } of stretches) {
    const { begun, repaired, repairMs } = failuresOf(stops, input.window, input.reasons);
    sums.begun += begun;
    sums.repaired += repaired;
    sums.repairMs += repairMs;
    const inRun = input.minorStopsCount === 'performance';
    runMs += lengthOf(
      pieces.filter(({ bucket }) => bucket === 'running' || (inRun && bucket === 'minorStop')),
    );
  }
  return { begun: sums.begun, ...failureRatios(runMs, sums, stretches[0]?.input.failureDivisor) };
}

/** Stretches of the window in which more minor stops began within ten minutes than a person can tell apart. */
function floodsOf(stops: readonly Stop[], { from, to }: Interval): DowntimeStatistics['floods'] {
  const minor = stops.filter(
    (stop) => stop.minor && !stop.open && stop.plannedMs > 0 && stop.from >= from && stop.from < to,
  );
  const floods: { from: EpochMs; to: EpochMs; count: number; first: number }[] = [];
  let first = 0;
  for (const [index, stop] of minor.entries()) {
    while ((minor[first]?.from ?? stop.from) <= stop.from - FLOOD_MS) first += 1;
    if (index - first + 1 <= FLOOD_STOPS) continue;
    const begin = minor[first] ?? stop;
    const last = floods.at(-1);
    if (last !== undefined && begin.from <= last.to) {
      last.to = stop.to;
      last.count = index - last.first + 1;
    } else floods.push({ from: begin.from, to: stop.to, count: index - first + 1, first });
  }
  return floods.map((flood) => ({ from: flood.from, to: flood.to, count: flood.count }));
}

function flagsOf(shares: readonly StopShare[], floods: DowntimeStatistics['floods']): readonly string[] {
  const raised = {
    microStopFlood: floods.length > 0,
    provisionalStop: shares.some(({ open }) => open),
  };
  return Object.entries(raised).flatMap(([code, isRaised]) => (isRaised ? [code] : []));
}

function withoutStatistics(reason: string): DowntimeStatistics {
  const value = unknown(reason);
  return {
    window: value,
    stops: { count: 0, totalMs: 0, meanMs: value, longestMs: 0 },
    minorStops: { count: 0, totalMs: 0 },
    byReason: [],
    reasonDebt: { ms: 0, dontKnowMs: 0, stops: 0 },
    failures: { begun: 0, mtbfMs: value, mttrMs: value },
    floods: [],
    flags: { codes: [] },
  };
}
