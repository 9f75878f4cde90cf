import type { LossName, OeeDocument } from '@ms5/client';
import { roundToMinutes } from '../../format/duration.ts';

type LossRowName = LossName | 'fullyProductive';

export interface LossRow {
  readonly name: LossRowName;
  /** Whole minutes, so that the printed rows sum to the printed total. May be negative for reduced speed. */
  readonly durationMs: number;
  /** Where the bar starts and how long it is, as shares of the window. */
  readonly start: number;
  readonly share: number;
}

export interface LossList {
  readonly rows: readonly LossRow[];
  readonly totalMs: number;
}

/** From calendar time down to what was fully productive; what remains stands last. */
const ORDER: readonly LossRowName[] = [
  'notScheduled',
  'break',
  'plannedDowntime',
  'noOrder',
  'unknown',
  'setup',
  'breakdown',
  'external',
  'unexplained',
  'minorStop',
  'reducedSpeed',
  'startup',
  'defect',
  'fullyProductive',
];

/** The losses that are not nothing, as a waterfall: each begins where the one before it ended. */
export function lossList(losses: OeeDocument['losses']): LossList {
  const present = ORDER.filter((name) => name === 'fullyProductive' || Math.abs(losses[name]) >= 1);
  const rounded = roundToMinutes(present.map((name) => losses[name]));
  const windowMs = present.reduce((sum, name) => sum + losses[name], 0);
  let reached = 0;
  const rows = present.map((name, index): LossRow => {
    const exact = losses[name];
    const begin = exact < 0 ? reached + exact : reached;
    reached += exact;
    const scale = Math.max(1, windowMs);
    return { name, durationMs: rounded[index] ?? 0, start: begin / scale, share: Math.abs(exact) / scale };
  });
  return { rows, totalMs: rounded.reduce((sum, durationMs) => sum + durationMs, 0) };
}
