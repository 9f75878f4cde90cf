import { degrade, startDegradation, type DegradationLevel, type DegradationTerms, type Load } from '@ms5/hub';
import type { DegradationState } from '@ms5/wire/factory';

export interface LoadShedding {
  /** Judges the load; true: the level changed. */
  judge(load: Load, now: number): boolean;
  level(): DegradationLevel;
  state(): DegradationState;
}

export function createLoadShedding(terms: DegradationTerms, startedAt: number): LoadShedding {
  let degradation = startDegradation(startedAt);
  let reason = '';
  return {
    judge(load, now) {
      const { level } = degradation;
      degradation = degrade(degradation, load, now, terms);
      if (degradation.level > level) reason = reasonOf(degradation.reasons, load);
      if (degradation.level === 0) reason = '';
      return degradation.level !== level;
    },
    level: () => degradation.level,
    state: () => ({ level: degradation.level, since: degradation.since, reason }),
  };
}

const DESCRIBE: Readonly<Record<keyof Load, (value: number) => string>> = {
  eventLoopDelayMs: (value) => `event loop delayed by ${Math.round(value)} ms`,
  flushShare: (value) => `${Math.round(value * 100)} % of the time spent delivering`,
  memoryShare: (value) => `${Math.round(value * 100)} % of the memory in use`,
};

function reasonOf(measures: readonly (keyof Load)[], load: Load): string {
  return measures.map((measure) => DESCRIBE[measure](load[measure])).join(', ');
}
