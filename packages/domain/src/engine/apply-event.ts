import { applyAlarm } from '../alarm/apply-alarm.ts';
import { applyCall } from '../andon/apply-call.ts';
import { applyChangeover } from '../changeover/apply-changeover.ts';
import { applyCount } from '../count/apply-count.ts';
import { applyDowntime } from '../downtime/apply-downtime.ts';
import { applyEquipment } from '../equipment/apply-equipment.ts';
import { applyCallToEscalation, applyEscalation } from '../escalation/apply-escalation.ts';
import { applyJob } from '../job/apply-job.ts';
import { applyMaintenance } from '../maintenance/apply-maintenance.ts';
import { applyOee } from '../oee/apply-oee.ts';
import { applyPeriod } from '../period/apply-period.ts';
import { applyPlan } from '../plan/apply-plan.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import { applyEntry, applyQuality } from '../quality/apply-quality.ts';
import { applyShift } from '../shift/apply-shift.ts';
import type { EngineState } from './engine-state.ts';
import type { FactoryEvent } from './engine-types.ts';
import { dropOld } from './retention.ts';

const RETENTION_INTERVAL_MS = 60_000;

/** Makes an event true in the state. The one way the state changes, deciding and replaying alike. */
export function applyEvent(state: EngineState, config: PlantConfig, event: FactoryEvent): void {
  switch (event.type) {
    case 'equipmentStateChanged':
    case 'equipmentStateWithdrawn':
    case 'equipmentModeChanged':
    case 'illegalTransitionRecorded':
    case 'illegalTransitionWithdrawn':
    case 'equipmentHeard':
    case 'contactLost':
      return applyEquipment(state, config, event);
    case 'counted':
      applyCount(state, config, event);
      return applyEntry(state, config, event);
    case 'productChanged':
    case 'counterRead':
    case 'countJudged':
      return applyCount(state, config, event);
    case 'conditionReported':
    case 'equipmentFaultRaised':
    case 'equipmentFaultCleared':
    case 'equipmentFaultWithdrawn':
    case 'alarmAcknowledged':
    case 'alarmReset':
    case 'alarmShelved':
    case 'alarmUnshelved':
    case 'alarmSuppressed':
    case 'alarmReleased':
    case 'alarmTakenOutOfService':
    case 'alarmReturnedToService':
    case 'alarmFloodStarted':
    case 'alarmFloodEnded':
      return applyAlarm(state, event);
    case 'downtimeStarted':
    case 'downtimeEnded':
    case 'downtimeWithdrawn':
    case 'downtimeClassified':
    case 'downtimeRuleVoided':
    case 'downtimeSplit':
    case 'downtimesMerged':
    case 'downtimesParted':
    case 'downtimeNoted':
    case 'downtimeStatisticsCalculated':
      return applyDowntime(state, config, event);
    case 'callRaised':
    case 'callConfirmationAsked':
    case 'callConfirmed':
    case 'callDisplayed':
    case 'callAcknowledged':
    case 'callStarted':
    case 'callJoined':
    case 'callNoted':
    case 'callResolved':
    case 'callCancelled':
    case 'rootCauseSet':
      applyCall(state, event);
      return applyCallToEscalation(state, config, event);
    case 'escalationTriggered':
    case 'nobodyOnCall':
    case 'escalationReminder':
    case 'escalationAcknowledged':
    case 'escalationClosed':
    case 'escalationSnoozed':
    case 'escalationResumed':
    case 'escalationQuietEnded':
    case 'escalationSuppressed':
    case 'confirmationLapsed':
    case 'callNotDisplayed':
    case 'notificationRequested':
      return applyEscalation(state, config, event);
    case 'jobAssigned':
    case 'jobReassigned':
    case 'jobChanged':
    case 'jobStarted':
    case 'jobPaused':
    case 'jobResumed':
    case 'jobCompleted':
    case 'jobCancelled':
      return applyJob(state, event);
    case 'countCorrected':
    case 'partsHeld':
    case 'partsReleased':
    case 'qualityCheckRecorded':
    case 'qualityCheckOverdue':
    case 'qualityAlertRaised':
    case 'qualityAlertCleared':
    case 'qualityThresholdCrossed':
      return applyQuality(state, event);
    case 'changeoverStarted':
    case 'changeoverCompleted':
    case 'changeoverCancelled':
    case 'changeoverStepDone':
    case 'changeoverStepUndone':
    case 'changeoverMeasured':
      return applyChangeover(state, event);
    case 'planChanged':
    case 'planChangeWithdrawn':
      return applyPlan(state, event);
    case 'maintenanceScheduled':
    case 'maintenanceStarted':
    case 'maintenanceCompleted':
    case 'maintenanceCancelled':
      return applyMaintenance(state, event);
    case 'oeeUpdated':
    case 'oeeCalculated':
    case 'oeeThresholdCrossed':
    case 'standardReviewProposed':
      return applyOee(state, event);
    case 'periodClosed':
    case 'periodAdjusted':
      return applyPeriod(state, event);
    case 'shiftStarted':
    case 'shiftEnded':
      return applyShift(state, event);
    case 'timeAdvanced':
      return advanceTime(state, config, event.at);
  }
}

function advanceTime(state: EngineState, config: PlantConfig, now: EpochMs): void {
  const due =
    state.now === null ||
    Math.floor(now / RETENTION_INTERVAL_MS) > Math.floor(state.now / RETENTION_INTERVAL_MS);
  state.begunAt ??= now;
  state.now = Math.max(state.now ?? now, now);
  if (due) dropOld(state, config, now);
}
