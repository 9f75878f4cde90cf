import type { StateSegment } from '../equipment/timeline.ts';
import type { ClassificationRule, RuleHours } from '../plant/downtime-config.ts';
import type { EpochMs, EquipmentPath, LinePath, StateName } from '../plant/plant.ts';
import { addDays, instantOf, localDate, weekdayOf } from '../time/zone.ts';
import type { RuledReason } from './downtime.ts';

/** A stop as the rules see it. */
export interface RuledStop {
  readonly line: LinePath;
  readonly equipment: EquipmentPath;
  readonly from: EpochMs;
  /** Still open: it may become longer. */
  readonly open: boolean;
  /** Its planned length so far, ms. */
  readonly plannedMs: number;
  readonly state: StateName;
  readonly segments: readonly StateSegment[];
  /** Modes in which the machine was heard during it. */
  readonly modes: readonly string[];
  /** Codes of the alarms around its start; worked out where a rule asks. */
  readonly alarms: () => readonly string[];
}

/** The first rule that fits; `null`: none does, so far. */
export function ruledReason(
  rules: readonly ClassificationRule[],
  stop: RuledStop,
  timeZone: string,
): RuledReason | null {
  for (const rule of rules) {
    if (!fitsPlace(rule, stop) || !fitsSigns(rule, stop)) continue;
    if (rule.between !== undefined && !isWithin(rule.between, stop.from, timeZone)) continue;
    if (stop.plannedMs < (rule.minMs ?? 0) || stop.plannedMs >= (rule.maxMs ?? Infinity)) continue;
    // It may yet become too long for this rule; until it is over no later rule may take it either.
    if (stop.open && rule.maxMs !== undefined) return null;
    return { rule: rule.id, reason: rule.reason };
  }
  return null;
}

function fitsPlace({ lines, equipment }: ClassificationRule, stop: RuledStop): boolean {
  return lines?.includes(stop.line) !== false && equipment?.includes(stop.equipment) !== false;
}

function fitsSigns(rule: ClassificationRule, stop: RuledStop): boolean {
  const { machineReasons, rawStates, states } = rule;
  const { segments } = stop;
  if (states?.includes(stop.state) === false) return false;
  if (rule.alarms !== undefined && !hasAlarm(rule.alarms, stop.alarms())) return false;
  if (rule.modes?.some((mode) => stop.modes.includes(mode)) === false) return false;
  if (rawStates !== undefined && !segments.some(({ raw }) => raw !== null && rawStates.includes(raw)))
    return false;
  return (
    machineReasons === undefined ||
    segments.some(({ reason }) => reason !== null && machineReasons.includes(reason))
  );
}

function hasAlarm(patterns: readonly string[], codes: readonly string[]): boolean {
  return patterns.some((pattern) =>
    codes.some((code) => (pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : code === pattern)),
  );
}

/** Whether an instant lies in the hours of its own local day, or in those that began the day before. */
function isWithin({ from, to, days }: RuleHours, at: EpochMs, timeZone: string): boolean {
  const today = localDate(at, timeZone);
  const begins = (date: string): boolean => days?.includes(weekdayOf(date)) !== false;
  if (to > from)
    return begins(today) && at >= instantOf(today, from, timeZone) && at < instantOf(today, to, timeZone);
  return (
    (begins(today) && at >= instantOf(today, from, timeZone)) ||
    (begins(addDays(today, -1)) && at < instantOf(today, to, timeZone))
  );
}
