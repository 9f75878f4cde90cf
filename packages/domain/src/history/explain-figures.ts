import type { Counts } from '../count/count-source.ts';
import type { OeeFigures, OeeInputs } from '../oee/oee-figures.ts';
import { oeeFiguresOf } from '../oee/dated-figures.ts';
import { sumCounts } from '../oee/count-sums.ts';
import type { TimeBucket, TimePiece } from '../oee/time-buckets.ts';
import { timePieces } from '../oee/time-buckets.ts';
import type { StateName } from '../plant/plant.ts';
import type { PlanKind } from '../shift/plan.ts';
import type { Interval } from '../time/interval.ts';

/** One stretch of a window, the bucket its time lies in, and the rules of SPEC.md that put it there. */
export interface ExplainedInterval extends Interval {
  readonly bucket: TimeBucket;
  readonly state: StateName;
  readonly plan: PlanKind;
  readonly product: string | null;
  readonly reason?: string;
  readonly raw?: string;
  /** The whole stop it is part of, also beyond the window. */
  readonly stop?: Interval & { readonly plannedMs: number; readonly minor: boolean; readonly open: boolean };
  /** Parts counted in it, inside the plan. */
  readonly counts: Counts;
  readonly rules: readonly string[];
}

export interface Explanation {
  readonly figures: OeeFigures;
  readonly intervals: readonly ExplainedInterval[];
  /** How each figure comes from the sums of the intervals. */
  readonly steps: readonly FigureStep[];
}

interface FigureStep {
  readonly figure: 'availability' | 'performance' | 'quality' | 'oee';
  readonly formula: string;
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly rules: readonly string[];
}

/**
 * A figure as the intervals it is made of; their lengths and parts add up to what the figure is computed from. Of a
 * line whose constraint depends on the product it is computed from several.
 */
export function explainFigures(inputs: readonly OeeInputs[]): Explanation {
  const figures = oeeFiguresOf(inputs);
  return {
    figures,
    intervals: inputs.flatMap((input) => timePieces(input).map((piece) => explained(input, piece))),
    steps: stepsOf(figures),
  };
}

function explained(input: OeeInputs, piece: TimePiece): ExplainedInterval {
  const { from, to, bucket, segment, plan, product, stop } = piece;
  const { total } = sumCounts({ ...input, window: { from, to } });
  return {
    from,
    to,
    bucket,
    state: segment.state,
    plan,
    product,
    ...(segment.reason === null ? null : { reason: segment.reason }),
    ...(segment.raw === null ? null : { raw: segment.raw }),
    ...(stop === null
      ? null
      : {
          stop: {
            from: stop.from,
            to: stop.to,
            plannedMs: stop.plannedMs,
            minor: stop.minor,
            open: stop.open,
          },
        }),
    counts: total,
    rules: rulesOf(piece),
  };
}

function rulesOf({ bucket, plan, segment, stop }: TimePiece): readonly string[] {
  const rules = ['TI2'];
  if (plan !== 'planned') rules.push('TI3');
  else if (bucket === 'unknown') rules.push('TI5', segment.raw === null ? 'EQ4' : 'EQ1');
  else if (bucket === 'noOrder') rules.push('OE14');
  else if (stop !== null) rules.push('OE5', 'OE6');
  if (stop?.open === true) rules.push('OE12');
  if (segment.reason !== null && stop !== null) rules.push('DT5');
  return rules;
}

function stepsOf({ times, weights }: OeeFigures): readonly FigureStep[] {
  const { plannedMs, idealMs, countedRunMs, good, produced } = weights;
  return [
    {
      figure: 'availability',
      formula: 'APT / (PBT - unknown)',
      numbers: { APT: times.APT, PBT: times.PBT, unknown: times.unknown },
      rules: ['OE1', 'TI4'],
    },
    {
      figure: 'performance',
      formula: 'sum of PRU * PQ / counted running time',
      numbers: { idealMs, countedRunMs },
      rules: ['OE1', 'OE2', 'OE9'],
    },
    { figure: 'quality', formula: 'GQ / PQ', numbers: { GQ: good, PQ: produced }, rules: ['OE1', 'CN8'] },
    {
      figure: 'oee',
      formula: 'availability * performance * quality',
      numbers: { PBT: plannedMs },
      rules: ['OE1', 'OE10'],
    },
  ];
}
