import type { Figure } from './figure.ts';
import { isKnown, product, ratio, unknown } from './figure.ts';
import type { Failures } from './stops.ts';
import type { Weights } from './weights.ts';

/** The figures of ISO 22400-2 beside OEE and its three factors, and TEEP, which is not in it. Ratios are 0–1. */
export interface Ratios {
  /** Net equipment effectiveness: AUPT/PBT · effectiveness · quality. */
  readonly neeIndex: Figure;
  /** OEE · PBT / calendar time. */
  readonly teep: Figure;
  /** AUBT/PBT. */
  readonly allocationEfficiency: Figure;
  /** APT/AUBT. */
  readonly utilizationEfficiency: Figure;
  /** APT/(APT + ADET). */
  readonly technicalEfficiency: Figure;
  /** AUST/AUPT. */
  readonly setupRatio: Figure;
  /** PQ/AOET, parts per hour. */
  readonly throughputPerHour: Figure;
  readonly scrapRatio: Figure;
  readonly reworkRatio: Figure;
  /** GP/IP. The good parts are taken for GP and all parts for IP, which makes it the quality ratio. */
  readonly firstPassYield: Figure;
  /** APT per failure begun, ms. The repair is not in it. */
  readonly mtbfMs: Figure;
  /** Planned time per repair ended, ms. */
  readonly mttrMs: Figure;
  /** What `mtbfMs` is by its definition: time to failure. The same figure under its other name. */
  readonly mttfMs: Figure;
}

/** By what APT is divided: the failures, or one more, as ISO 22400-2 prints it. */
export type FailureDivisor = 'failures' | 'failuresPlusOne';

interface Factors {
  readonly performance: Figure;
  readonly quality: Figure;
  readonly oee: Figure;
}

const HOUR_MS = 3_600_000;

/** Unknown time is in no ratio: PBT and AUBT stand here without it. */
export function ratiosOf(
  weights: Weights,
  { performance, quality, oee }: Factors,
  divisor: FailureDivisor = 'failures',
): Ratios {
  const { plannedMs, runMs, setupMs, delayMs, downMs, orderMs, calendarMs, produced, failures } = weights;
  const busyMs = plannedMs - downMs;
  const unitMs = runMs + setupMs;
  const noPlan = weights.unknownMs > 0 ? 'noKnownTime' : 'noPlannedTime';
  const perPart = (quantity: number | null): Figure => {
    if (produced === null) return unknown('noCounts');
    return quantity === null ? unknown('noRejectSource') : ratio(quantity, produced, 'noParts');
  };
  const { mtbfMs, mttrMs } = failureRatios(runMs, failures, divisor);
  return {
    neeIndex: product(ratio(unitMs, plannedMs, noPlan), performance, quality),
    teep: isKnown(oee) ? ratio(oee * plannedMs, calendarMs, 'noTime') : oee,
    allocationEfficiency: ratio(busyMs, plannedMs, noPlan),
    utilizationEfficiency: ratio(runMs, busyMs, 'noBusyTime'),
    technicalEfficiency: ratio(runMs, runMs + delayMs, 'noBusyTime'),
    setupRatio: ratio(setupMs, unitMs, 'noRunningTime'),
    throughputPerHour:
      produced === null ? unknown('noCounts') : ratio(produced * HOUR_MS, orderMs, 'noOrder'),
    scrapRatio: perPart(weights.scrap),
    reworkRatio: perPart(weights.rework),
    firstPassYield: quality,
    mtbfMs,
    mttrMs,
    mttfMs: mtbfMs,
  };
}

/** Time between failures and to repair, from running time and failures. */
export function failureRatios(
  runMs: number,
  { begun, repairMs, repaired }: Failures,
  divisor: FailureDivisor = 'failures',
): Pick<Ratios, 'mtbfMs' | 'mttrMs'> {
  const divided = begun + (divisor === 'failuresPlusOne' ? 1 : 0);
  return {
    mtbfMs: begun === 0 ? unknown('noFailure') : runMs / divided,
    mttrMs: ratio(repairMs, repaired, 'noRepair'),
  };
}
