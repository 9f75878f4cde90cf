import { decideAlarm } from '../alarm/decide-alarm.ts';
import type { AlarmCommand } from '../alarm/alarm-events.ts';
import {
  decideActOnCall,
  decideConfirmCall,
  decideJoinCall,
  decideNoteCall,
  decideRaiseCall,
  decideRootCause,
} from '../andon/decide-call.ts';
import type { ChangeoverCommand } from '../changeover/changeover-events.ts';
import { decideChangeover } from '../changeover/decide-changeover.ts';
import { decideDowntime, isDowntimeCommand } from '../downtime/decide-downtime.ts';
import { decideSnooze, decideTakeOver } from '../escalation/decide-escalation.ts';
import { decideQuality } from '../quality/decide-quality.ts';
import { decideJob } from '../job/decide-job.ts';
import type { JobCommand } from '../job/job-events.ts';
import { decideChangeProduct } from '../count/decide-change-product.ts';
import { decideEnterCount } from '../count/decide-enter-count.ts';
import { decideJudgeCount } from '../count/decide-judge-count.ts';
import { decideMaintenance } from '../maintenance/decide-maintenance.ts';
import type { MaintenanceCommand } from '../maintenance/maintenance-events.ts';
import { decideClosePeriod } from '../period/decide-period.ts';
import { decideChangePlan, decideWithdrawPlanChange } from '../plan/decide-plan.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LinePath, PlantConfig } from '../plant/plant.ts';
import type { EngineState } from './engine-state.ts';
import type { FactoryCommand, FactoryCommandEnvelope, StepResult } from './engine-types.ts';
import { FUTURE_TOLERANCE_MS, refused, unknownName } from './refusal.ts';

type LineCommand = Extract<FactoryCommand, { line: LinePath }>;

/** What a command makes true, or why it does not; nothing is applied yet. */
export function decideCommand(
  state: EngineState,
  config: PlantConfig,
  envelope: FactoryCommandEnvelope,
  now: EpochMs,
): StepResult {
  const { command, author } = envelope;
  const at = command.name === 'raiseCall' ? (command.raisedAt ?? envelope.at) : envelope.at;
  if (at > now + FUTURE_TOLERANCE_MS)
    return refused('inFuture', `at ${at} is ${at - now} ms ahead of the server's clock`, 'at');
  if ('line' in command) {
    const { lines } = plantIndex(config);
    const line = lines.get(command.line);
    return line === undefined
      ? unknownName('unknownLine', 'line', command.line, lines.keys(), 'line')
      : decideLineCommand(state, config, line, command, author, at, now);
  }
  if (isDowntimeCommand(command)) return decideDowntime(state, config, command, author, at, now);
  return decideCallCommand(state, command, author, at, now);
}

type CallCommand = Exclude<Extract<FactoryCommand, { callId: string }>, { line: LinePath }>;

function decideCallCommand(
  state: EngineState,
  command: CallCommand,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  switch (command.name) {
    case 'confirmCall':
      return decideConfirmCall(state, command.callId, author, at);
    case 'joinCall':
      return decideJoinCall(state, command.callId, author, at);
    case 'noteCall':
      return decideNoteCall(state, command, author, at);
    case 'setRootCause':
      return decideRootCause(state, command, author, at);
    case 'snoozeEscalation':
      return decideSnooze(state, command, author, now);
    case 'takeOver':
      return decideTakeOver(state, command, author, at, now);
    case 'acknowledgeCall':
    case 'startCall':
    case 'resolveCall':
    case 'cancelCall':
  }
  return decideActOnCall(state, command, author, at);
}

function decideLineCommand(
  state: EngineState,
  config: PlantConfig,
  line: IndexedLine,
  command: LineCommand,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  if (command.name === 'raiseCall') return decideRaiseCall(state, line, command, author, at, now);
  if (command.name === 'changePlan')
    return decideChangePlan(state, config, line.config, command, author, at, now);
  if (command.name === 'withdrawPlanChange')
    return decideWithdrawPlanChange(state, config, line.config, command.planChangeId, author, at, now);
  if (isAlarm(command)) return decideAlarm(state, line.config, command, author, at, now);
  if (isMaintenance(command)) return decideMaintenance(state, line.config, command, author, at, now);
  if (command.name === 'closePeriod') return decideClosePeriod(state, config, line, command, author, at, now);
  if (command.name === 'judgeCount') return decideJudgeCount(state, line, command, author, at);
  if (isDowntimeCommand(command)) return decideDowntime(state, config, command, author, at, now);
  const windowMs = line.constraint.latenessWindowMs;
  if (at < now - windowMs)
    return refused('tooLate', `at ${at} is ${now - at} ms ago; ${windowMs} ms are accepted`, 'at');
  if (isJob(command)) return decideJob({ state, config, line, author, at }, command);
  if (isChangeover(command)) return decideChangeover(state, line, command, author, at);
  if (command.name === 'enterCount') return decideEnterCount(state, config, line, command, author, at);
  if (command.name === 'changeProduct') return decideChangeProduct(state, line, command, author, at, now);
  return decideQuality({ state, config, line, author, at }, command);
}

function isAlarm(command: LineCommand): command is AlarmCommand {
  return command.name.includes('Alarm');
}

function isChangeover(command: LineCommand): command is ChangeoverCommand {
  return command.name.includes('Changeover');
}

function isJob(command: LineCommand): command is JobCommand {
  return command.name.endsWith('Job');
}

function isMaintenance(command: LineCommand): command is MaintenanceCommand {
  return command.name.endsWith('Maintenance');
}
