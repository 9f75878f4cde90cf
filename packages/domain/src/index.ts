export type * from './plant/plant.ts';
export type * from './engine/engine-types.ts';
export type { Interval } from './time/interval.ts';
export type { Figure, Unknown } from './oee/figure.ts';

export { createEngineState } from './engine/engine-state.ts';
export type { EngineState } from './engine/engine-state.ts';
export { step } from './engine/step.ts';
export { applyEvent } from './engine/apply-event.ts';
export { decodeEngineState, encodeEngineState } from './engine/codec.ts';
export type { DecodedEngineState } from './engine/codec.ts';

export { PACKML_MAPPING } from './equipment/packml.ts';
export { MTCONNECT_MODES, OPCUA_MACHINERY_MODES, PACKML_MODES } from './equipment/mode-mapping.ts';
export {
  BIT_MAPPING,
  MTCONNECT_MAPPING,
  OPCUA_MACHINERY_MAPPING,
  PLAIN_MAPPING,
} from './equipment/state-mapping.ts';

export { areaFigures } from './oee/area-figures.ts';
export type { AreaFigures } from './oee/area-figures.ts';
export { linePeriods } from './oee/periods.ts';
export type { PeriodFigures } from './oee/periods.ts';
export type { PeriodKind } from './oee/period-kind.ts';
export { instantOf as localInstant } from './time/zone.ts';
export { patternsOn } from './shift/patterns-on.ts';
export { lineShiftAt } from './shift/line-shifts.ts';
export { linePlan } from './shift/line-plan.ts';
export { PLAN_CHANGE_KINDS } from './plan/plan-change.ts';
export { maintenanceStretch } from './maintenance/maintenance.ts';
export type { Maintenance } from './maintenance/maintenance.ts';
export type { Adjustment, ClosedPeriod } from './period/closed-period.ts';
export type { PlanChange, PlanChangeKind } from './plan/plan-change.ts';
export type { ShiftInstance } from './shift/shift-instance.ts';
export { lineStatus } from './query/line-status.ts';
export type { LineCalls, LineStatus } from './query/line-status.ts';
export { lineProduction } from './query/line-production.ts';
export type { LineProduction } from './query/line-production.ts';
export { lineFigures } from './oee/line-figures.ts';
export type { LineFigures } from './oee/line-figures.ts';
export { equipmentTimeline, lineTimeline } from './query/timelines.ts';
export type {
  EquipmentTimelineView,
  LineTimelineInterval,
  PartsKnown,
  TimelineInterval,
} from './query/timelines.ts';
export { equipmentStatus } from './equipment/equipment-status.ts';
export type {
  ContactStatus,
  CounterAnomalyView,
  CurrentState,
  EquipmentStatus,
} from './equipment/equipment-status.ts';
export { alarmViews } from './alarm/alarm-view.ts';
export type { AlarmView } from './alarm/alarm-view.ts';
export { alarmStatistics } from './alarm/alarm-statistics.ts';
export type { AlarmFigures, AlarmStatistics, NamedAlarm } from './alarm/alarm-statistics.ts';
export type { AlarmFlood } from './alarm/alarm-rates.ts';
export type { AlarmAct, AlarmObservation, AlarmSeverity } from './alarm/alarm.ts';
export type { AlarmState } from './alarm/alarm-state.ts';
export { openAndRecentCalls } from './andon/recent-calls.ts';
export type { CallView } from './andon/recent-calls.ts';
export { nextEscalationDue } from './escalation/escalate.ts';
export { openEscalations } from './escalation/open-escalations.ts';
export type { EscalationView } from './escalation/open-escalations.ts';
export { simulatePolicy } from './escalation/simulate-policy.ts';
export type { PastEntry } from './escalation/simulate-policy.ts';
export type { PersonLoad, PolicyReport } from './escalation/policy-report.ts';
export type * from './plant/escalation-config.ts';
export type { Act, Call, CallPriority, CallStatus, CallType } from './andon/call.ts';
export { findDowntime, openAndRecentDowntimes } from './downtime/recent-downtimes.ts';
export type { DowntimePart, DowntimeView } from './downtime/recent-downtimes.ts';
export type { DowntimeEdit } from './downtime/downtime-edits.ts';
export { downtimeStatistics, lineDowntimeStatistics } from './downtime/downtime-statistics.ts';
export type { DowntimeStatistics, ReasonShare } from './downtime/statistics.ts';
export { DEFAULT_DOWNTIME } from './plant/downtime-config.ts';
export { currentJob, lineJobs, nextJob } from './job/current-job.ts';
export type { JobView, QueuedJobView } from './job/current-job.ts';
export { currentChangeover, lineChangeovers } from './changeover/current-changeover.ts';
export type { ChangeoverView } from './changeover/current-changeover.ts';
export { hourBoard } from './hour/hour-board.ts';
export type { HourView } from './hour/hour-board.ts';
export { lineChecks, lineQuality } from './quality/quality-view.ts';
export type { CheckView, LineQuality } from './quality/quality-view.ts';
export { newsOf } from './query/news.ts';
export { replaySummary } from './query/replay-summary.ts';
export type { ProgramCycle, ReplaySummary } from './query/replay-summary.ts';

export { computeEquipmentOee, computeLineOee, computeOee } from './oee/compute-oee.ts';
export type { EquipmentOeeResult, LineOeeResult, LineReport, OeeResult } from './oee/compute-oee.ts';
export type { OeeReport, Report, RollUpReport } from './oee/report.ts';
export type { EquipmentInput, LineInput, OeeInput, OeeObservation } from './oee/oee-input.ts';
export type { FailureDivisor, Ratios } from './oee/ratios.ts';
export { rollUp } from './oee/roll-up.ts';
export type { RollUp } from './oee/roll-up.ts';
export { LOSS_NAMES } from './oee/oee-figures.ts';
export type { LossName, Losses, OeeTimes, ProductFigures } from './oee/oee-figures.ts';
export type { Weights } from './oee/weights.ts';

export { FACT_TYPES, placeOf } from './history/event-place.ts';
export type { Bearing, EventPlace, Subject, SubjectKind } from './history/event-place.ts';
export { stateFromEvents } from './history/state-from-events.ts';
export { configurationSpans } from './history/configuration-spans.ts';
export type { ConfigurationSpan, LoadedConfiguration } from './history/configuration-spans.ts';
export { figurePieces, figuresFromEvents, scopeInputs } from './history/history-figures.ts';
export type { FigurePiece, Scope } from './history/history-figures.ts';
export { explainFigures } from './history/explain-figures.ts';
export type { ExplainedInterval, Explanation } from './history/explain-figures.ts';
export { subjectDocument } from './history/subject-document.ts';
export type { KnownEvent, SubjectDocument } from './history/subject-document.ts';
export { rollUpReport } from './oee/report.ts';
export type { FigureSums } from './oee/combine-figures.ts';
export { calendarBuckets, localHours, shiftBuckets } from './history/calendar-buckets.ts';
export type { Bucket, CalendarUnit } from './history/calendar-buckets.ts';
