import { BANDS, type Band } from './band.ts';

/** Sessions by band, best first, in the order of `BANDS`. */
type BandCounts = readonly number[];

/** All sessions at one time, rolled up. */
export interface Census<Session> {
  readonly bands: BandCounts;
  readonly byEndpoint: ReadonlyMap<string, BandCounts>;
  /** A session with several roles counts in each. */
  readonly byRole: ReadonlyMap<string, BandCounts>;
  /** Worst first. */
  readonly worst: readonly Session[];
}

/** Who is counted, by what. */
interface CensusItem {
  readonly band: Band;
  readonly score: number;
  readonly endpoint: string;
  readonly roles: readonly string[];
}

/** Takes a census session by session, so that it can be spread over turns. */
export interface CensusTaker<Session> {
  count(session: Session, item: CensusItem): void;
  finish(): Census<Session>;
}

/** Roles counted apart at most. */
const ROLES = 32;

export function startCensus<Session>(worstKept: number): CensusTaker<Session> {
  const bands = noBands();
  const byEndpoint = new Map<string, number[]>();
  const byRole = new Map<string, number[]>();
  /** Worst first. */
  const worst: { readonly session: Session; readonly score: number }[] = [];

  function keep(session: Session, score: number): void {
    if (worst.length >= worstKept && score >= (worst.at(-1)?.score ?? 1)) return;
    let low = 0;
    for (let high = worst.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((worst[middle]?.score ?? 1) <= score) low = middle + 1;
      else high = middle;
    }
    worst.splice(low, 0, { session, score });
    if (worst.length > worstKept) worst.pop();
  }

  return {
    count(session, { band, score, endpoint, roles }) {
      const index = BANDS.indexOf(band);
      increment(bands, index);
      increment(countsOf(byEndpoint, endpoint), index);
      for (const role of roles)
        if (byRole.has(role) || byRole.size < ROLES) increment(countsOf(byRole, role), index);
      keep(session, score);
    },
    finish: () => ({ bands, byEndpoint, byRole, worst: worst.map(({ session }) => session) }),
  };
}

const noBands = (): number[] => BANDS.map(() => 0);

function increment(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

function countsOf(counts: Map<string, number[]>, name: string): number[] {
  let found = counts.get(name);
  if (found === undefined) counts.set(name, (found = noBands()));
  return found;
}
