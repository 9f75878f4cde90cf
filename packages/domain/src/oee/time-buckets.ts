import type { ProductSpan } from '../count/product-facts.ts';
import { isStop } from '../equipment/state-mapping.ts';
import type { StateSegment } from '../equipment/timeline.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { ReasonMeaning } from '../plant/reasons.ts';
import type { PlanKind, PlanSegment } from '../shift/plan.ts';
import type { Interval } from '../time/interval.ts';
import type { Failures, Stop } from './stops.ts';
import { failuresOf, stopsOf } from './stops.ts';

/** Buckets of time that a state or the plan alone decides. What is left of `running` is split by speed and quality. */
const TIME_BUCKETS = [
  'notScheduled',
  'break',
  'plannedDowntime',
  'unknown',
  'noOrder',
  'setup',
  'breakdown',
  'external',
  'unexplained',
  'minorStop',
  'running',
] as const;
export type TimeBucket = (typeof TIME_BUCKETS)[number];

export interface TimeInput {
  readonly window: Interval;
  /** Segments without gap or overlap; they cover the window and the stops that reach beyond its edges. */
  readonly states: readonly StateSegment[];
  readonly plan: readonly PlanSegment[];
  /** Products over the window. */
  readonly products: readonly ProductSpan[];
  readonly minorStopMs: number;
  readonly minorStopsCount: 'performance' | 'availability';
  readonly reasons: ReadonlyMap<string, ReasonMeaning>;
  /** Whether the last segment's end is known; otherwise a stop that reaches it is still open. */
  readonly endsOpen: boolean;
}

/** Every ms of the window by bucket, and what the buckets alone do not tell. All in ms. */
export interface TimeResult {
  readonly buckets: Readonly<Record<TimeBucket, number>>;
  readonly ranUnplannedMs: number;
  /** The machine's own setup inside planned time (AUST). */
  readonly setupMs: number;
  /** Part of the minor stops that stays in APT. */
  readonly minorInRunMs: number;
  /** AOET: planned busy time with a product or order set. */
  readonly orderMs: number;
  readonly failures: Failures;
  /** ADET: standing still within an order, minor stops that stay in APT excepted. */
  readonly delayMs: number;
  readonly runByProduct: ReadonlyMap<string | null, number>;
  /** A stop in planned time whose end is not known, so that its kind may still change. */
  readonly provisional: boolean;
}

/** One piece of the window in which plan, state and product are constant. */
interface Piece extends Interval {
  readonly bucket: TimeBucket;
  readonly segment: StateSegment;
  readonly plan: PlanKind;
  readonly product: string | null;
}

/** A piece, and the stop it is part of. */
export interface TimePiece extends Piece {
  readonly stop: Stop | null;
}

/** The window in its pieces, as they are summed. */
export function timePieces(input: TimeInput): readonly TimePiece[] {
  const found: TimePiece[] = [];
  eachPiece(input, stopsOf(input), (piece, stop) => {
    found.push({ ...piece, stop });
  });
  return found;
}

/** Cuts the window at every change of plan, state or product and sums each piece into its one bucket. */
export function sumTime(input: TimeInput): TimeResult {
  const sums: TimeSums = {
    buckets: { ...NO_TIME },
    ranUnplannedMs: 0,
    setupMs: 0,
    minorInRunMs: 0,
    delayMs: 0,
    orderMs: 0,
    runByProduct: new Map(),
    provisional: false,
  };
  const found = stopsOf(input);
  eachPiece(input, found, (piece, stop) => {
    addPiece(sums, piece, stop, input.minorStopsCount === 'performance');
  });
  return Object.assign(sums, { failures: failuresOf(found, input.window, input.reasons) });
}

interface TimeSums extends Omit<TimeResult, 'failures'> {
  readonly buckets: Record<TimeBucket, number>;
  readonly runByProduct: Map<string | null, number>;
  ranUnplannedMs: number;
  setupMs: number;
  minorInRunMs: number;
  delayMs: number;
  orderMs: number;
  provisional: boolean;
}

const NO_TIME = Object.fromEntries(TIME_BUCKETS.map((name) => [name, 0])) as Record<TimeBucket, number>;

function addPiece(sums: TimeSums, piece: Piece, stop: Stop | null, minorIsRun: boolean): void {
  const ms = piece.to - piece.from;
  const { bucket, product } = piece;
  const { state } = piece.segment;
  sums.buckets[bucket] += ms;
  if (state === 'running' && bucket !== 'running') sums.ranUnplannedMs += ms;
  if (state === 'setup' && bucket === 'setup') sums.setupMs += ms;
  const inRun = bucket === 'minorStop' && minorIsRun;
  if (inRun) sums.minorInRunMs += ms;
  if (bucket === 'running' || inRun)
    sums.runByProduct.set(product, (sums.runByProduct.get(product) ?? 0) + ms);
  if (product !== null && piece.plan === 'planned' && !OUT_OF_BUSY.has(bucket)) sums.orderMs += ms;
  if (isStop(state) && DELAYS.has(bucket) && !inRun) sums.delayMs += ms;
  if (stop?.open === true && piece.plan === 'planned') sums.provisional = true;
}

const OUT_OF_BUSY: ReadonlySet<TimeBucket> = new Set(['notScheduled', 'plannedDowntime']);

const DELAYS: ReadonlySet<TimeBucket> = new Set([
  'setup',
  'breakdown',
  'external',
  'unexplained',
  'minorStop',
]);

/** The pieces of the window in order, each with the stop it is part of. */
function eachPiece(
  { window, states, plan, products, reasons }: TimeInput,
  stops: readonly Stop[],
  visit: (piece: Piece, stop: Stop | null) => void,
): void {
  let stateIndex = 0;
  let planIndex = 0;
  let productIndex = 0;
  let stopIndex = 0;
  for (let from = window.from; from < window.to;) {
    while (ends(states[stateIndex], from)) stateIndex += 1;
    while (ends(plan[planIndex], from)) planIndex += 1;
    while (ends(products[productIndex], from)) productIndex += 1;
    while (ends(stops[stopIndex], from)) stopIndex += 1;
    const segment = states[stateIndex] ?? NOTHING_KNOWN;
    const planned = plan[planIndex];
    const span = products[productIndex];
    const next = stops[stopIndex];
    const stop = next !== undefined && next.from <= segment.from && isStop(segment.state) ? next : null;
    const to = Math.min(window.to, segment.to, planned?.to ?? Infinity, span?.to ?? Infinity);
    const kind = planned?.kind ?? 'notScheduled';
    const product = span?.product ?? null;
    const bucket = bucketOf(kind, segment, product, stop?.minor === true, reasons);
    visit({ from, to, bucket, segment, plan: kind, product }, stop);
    from = to;
  }
}

const NOTHING_KNOWN: StateSegment = {
  from: -Infinity,
  to: Infinity,
  state: 'unknown',
  raw: null,
  reason: null,
};

function ends(interval: Interval | undefined, at: EpochMs): boolean {
  return interval !== undefined && interval.to <= at;
}

const OUTSIDE_PLAN: Readonly<Record<Exclude<PlanKind, 'planned' | 'noOrder'>, TimeBucket>> = {
  notScheduled: 'notScheduled',
  break: 'break',
  plannedDowntime: 'plannedDowntime',
};

/** Outside the plan, then break, then planned downtime, then the state. */
function bucketOf(
  plan: PlanKind,
  { state, reason }: StateSegment,
  product: string | null,
  minor: boolean,
  reasons: ReadonlyMap<string, ReasonMeaning>,
): TimeBucket {
  if (plan !== 'planned' && plan !== 'noOrder') return OUTSIDE_PLAN[plan];
  if (!isStop(state)) return STANDING[state];
  const meaning = reason === null ? undefined : reasons.get(reason);
  if (meaning?.loss === 'plannedDowntime') return 'plannedDowntime';
  if (product === null || plan === 'noOrder') return 'noOrder';
  if (minor) return 'minorStop';
  if (meaning !== undefined) return meaning.loss;
  return state === 'blocked' || state === 'starved' ? 'external' : 'unexplained';
}

const STANDING = {
  running: 'running',
  setup: 'setup',
  notScheduled: 'notScheduled',
  unknown: 'unknown',
  // Stops are decided by their reason, order and length.
  stopped: 'unexplained',
  idle: 'unexplained',
  blocked: 'external',
  starved: 'external',
} as const satisfies Readonly<Record<StateSegment['state'], TimeBucket>>;
