import type { DegradationState, SystemAlertDocument } from '@ms5/client';

/** One thing about the system that people should know of. */
export interface Concern {
  readonly id: string;
  /** The alert's rule. */
  readonly rule: string;
  /** What it is about, where a rule is about several things, a connector for example. */
  readonly subject: string | null;
  readonly isCritical: boolean;
  readonly since: number;
  /** The server's words, for rules that are not known here. */
  readonly message: string;
}

/** What is raised now: the gravest first, then the oldest. Shedding is told even before its alert is there. */
export function concernsOf(
  degradation: DegradationState | undefined,
  alerts: Iterable<SystemAlertDocument>,
): readonly Concern[] {
  const concerns: Concern[] = [];
  for (const { id, rule, severity, message, raisedAt, clearedAt } of alerts) {
    if (clearedAt !== null) continue;
    const slash = id.indexOf('/');
    const subject = slash === -1 ? null : id.slice(slash + 1);
    concerns.push({ id, rule, subject, isCritical: severity === 'critical', since: raisedAt, message });
  }
  const isTold = concerns.some(({ rule }) => rule === 'degradation');
  if (degradation !== undefined && degradation.level > 0 && !isTold) {
    const { since, reason } = degradation;
    const rule = 'degradation';
    concerns.push({ id: rule, rule, subject: null, isCritical: false, since, message: reason });
  }
  return concerns.sort((a, b) => Number(b.isCritical) - Number(a.isCritical) || a.since - b.since);
}
