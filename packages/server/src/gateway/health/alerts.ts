import type { SystemAlertDocument } from '@ms5/wire/factory';
import { ALERT_NAMES, ALERT_RULES, type AlertInput, type AlertName } from './alert-rules.ts';
import { isRaised, nextAlertState, QUIET, type AlertState, type AlertTerms } from './alert-state.ts';

/** Thresholds by alert; `null`: the alert is off. */
export type AlertSettings = Readonly<Record<AlertName, AlertTerms | null>>;

/** How long a cleared alert is still told of, and how many at most. */
const CLEARED_KEPT_MS = 3_600_000;
const CLEARED_KEPT = 200;
/** Things one rule watches apart at most. */
const SUBJECTS = 500;

interface AlertChanges {
  readonly set: readonly SystemAlertDocument[];
  readonly remove: readonly string[];
}

export interface AlertCounts {
  readonly raised: Readonly<Record<AlertName, number>>;
  readonly cleared: Readonly<Record<AlertName, number>>;
}

export interface Alerts {
  /** Judges everything anew; returns what changed. */
  judge(input: AlertInput, now: number): AlertChanges;
  /** Raised now. */
  current(): readonly SystemAlertDocument[];
  counts(): AlertCounts;
}

interface Watched {
  readonly rule: AlertName;
  readonly subject: string;
  state: AlertState;
  document: SystemAlertDocument | null;
}

export function createAlerts(settings: AlertSettings): Alerts {
  const watched = new Map<string, Watched>();
  /** Oldest first. */
  let cleared: SystemAlertDocument[] = [];
  const counts = { raised: none(), cleared: none() };

  function watch(rule: AlertName, subject: string): Watched | null {
    const key = subject === '' ? rule : `${rule}/${subject}`;
    const known = watched.get(key);
    if (known !== undefined) return known;
    if (watched.size >= SUBJECTS) return null;
    const made: Watched = { rule, subject, state: QUIET, document: null };
    watched.set(key, made);
    return made;
  }

  function raise(one: Watched, value: number, terms: AlertTerms, now: number): SystemAlertDocument {
    const { severity, unit, message } = ALERT_RULES[one.rule];
    const name = one.subject === '' ? one.rule : `${one.rule}/${one.subject}`;
    const document: SystemAlertDocument = {
      id: `${name}@${Math.round(now)}`,
      rule: one.rule,
      severity,
      message: message(value, one.subject),
      value,
      threshold: terms.raise,
      unit,
      raisedAt: now,
      clearedAt: null,
    };
    one.document = document;
    counts.raised[one.rule] += 1;
    return document;
  }

  function clear(one: Watched, document: SystemAlertDocument, now: number): SystemAlertDocument {
    one.document = null;
    counts.cleared[one.rule] += 1;
    const done = { ...document, clearedAt: now };
    cleared.push(done);
    return done;
  }

  function step(one: Watched, value: number, terms: AlertTerms, now: number): SystemAlertDocument | null {
    const { side } = ALERT_RULES[one.rule];
    one.state = nextAlertState(one.state, value, now, terms, side);
    const { document } = one;
    if (isRaised(one.state) && document === null) return raise(one, value, terms, now);
    return !isRaised(one.state) && document !== null ? clear(one, document, now) : null;
  }

  function forget(now: number): readonly string[] {
    const kept = cleared.filter(({ clearedAt }) => now - (clearedAt ?? now) < CLEARED_KEPT_MS);
    const left = kept.slice(-CLEARED_KEPT);
    const names = new Set(left.map(({ id }) => id));
    const removed = cleared.filter(({ id }) => !names.has(id)).map(({ id }) => id);
    cleared = left;
    return removed;
  }

  return {
    judge(input, now) {
      const set: SystemAlertDocument[] = [];
      const seen = new Set<Watched>();
      for (const rule of ALERT_NAMES) {
        const terms = settings[rule];
        if (terms === null) continue;
        for (const { subject, value } of ALERT_RULES[rule].measure(input)) {
          const one = watch(rule, subject);
          if (one === null) continue;
          seen.add(one);
          const changed = step(one, value, terms, now);
          if (changed !== null) set.push(changed);
        }
      }
      // What is no longer measured is no longer wrong.
      for (const [key, one] of watched) {
        if (seen.has(one)) continue;
        watched.delete(key);
        if (one.document !== null) set.push(clear(one, one.document, now));
      }
      return { set, remove: forget(now) };
    },
    current: () => [...watched.values()].flatMap(({ document }) => document ?? []),
    counts: () => counts,
  };
}

const none = (): Record<AlertName, number> => ({
  eventLoopDelay: 0,
  memory: 0,
  diskSpace: 0,
  commitLatency: 0,
  commitStalled: 0,
  ingestQueue: 0,
  historyBehind: 0,
  connectorDown: 0,
  criticalSessions: 0,
  criticalStalls: 0,
  refusedTokens: 0,
  pluginFailing: 0,
  degradation: 0,
});
