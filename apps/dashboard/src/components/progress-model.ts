import type { JobDocument, ProductionDocument } from '@ms5/client';
import { isUnknown, type Known, known } from '../format/figure.ts';

export interface Progress {
  /** What good parts and target are of: the running job, or the shift where there is none. */
  readonly basis: 'job' | 'shift';
  readonly good: Known<number>;
  readonly target: Known<{ readonly count: number; readonly expectedByNow: number }>;
}

/** The target is the running job's where there is one; then the job's good parts, not the shift's, stand against it. */
export function progressOf(
  production: Partial<ProductionDocument> | undefined,
  job: JobDocument['job'] | undefined,
): Progress {
  const target = known(production?.target);
  if (job !== undefined && !isUnknown(job) && job.status === 'started') {
    return { basis: 'job', good: { known: true, value: job.goodCount }, target };
  }
  const counts = known(production?.counts);
  return { basis: 'shift', good: counts.known ? { known: true, value: counts.value.good } : counts, target };
}
