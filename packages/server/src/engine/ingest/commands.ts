import { PLAN_CHANGE_KINDS, type EngineState, type FactoryCommand, type LinePath } from '@ms5/domain';
import { matchesAny, type Json } from '@ms5/wire';
import { z } from 'zod';
import { ALARM_SCHEMAS } from './alarm-commands.ts';
import { WORK_SCHEMAS } from './work-commands.ts';

const line = z.string('the path of a line, "area/line"').min(1).max(200);
const id = z.string().min(1).max(200);
const note = z.string().max(2000).optional();
const instant = z.int().min(0);

/** Shapes of the commands' data; what they mean is the domain's. */
const SCHEMAS = {
  raiseCall: z.strictObject({
    line,
    equipment: z.string().min(1).max(200).optional(),
    callType: z.enum(['material', 'maintenance', 'quality', 'process', 'safety', 'other']),
    priority: z.enum(['low', 'medium', 'high', 'critical']),
    note,
    raisedAt: z.number().int().min(0).optional(),
    allowSecond: z.boolean().optional(),
  }),
  confirmCall: z.strictObject({ callId: id }),
  acknowledgeCall: z.strictObject({ callId: id }),
  startCall: z.strictObject({ callId: id, note }),
  joinCall: z.strictObject({ callId: id }),
  noteCall: z.strictObject({ callId: id, note: z.string().min(1).max(2000) }),
  setRootCause: z.strictObject({ callId: id, rootCause: z.string().min(1).max(2000) }),
  snoozeEscalation: z.strictObject({ callId: id, forMs: z.number().int().min(1) }),
  takeOver: z.strictObject({ callId: id }),
  resolveCall: z.strictObject({ callId: id, note }),
  cancelCall: z.strictObject({ callId: id, note }),
  classifyDowntime: z.strictObject({
    downtimeId: id,
    reason: id,
    partFrom: z.number().int().min(0).optional(),
    note,
  }),
  classifyDowntimes: z.strictObject({ line, downtimeIds: z.array(id).min(1).max(200), reason: id, note }),
  splitDowntime: z.strictObject({
    downtimeId: id,
    splitAt: z.number().int().min(0),
    reason: id.optional(),
    note,
  }),
  mergeDowntimes: z.strictObject({ line, downtimeIds: z.array(id).min(2).max(200), note }),
  noteDowntime: z.strictObject({ downtimeId: id, note: z.string().min(1).max(2000) }),
  ...WORK_SCHEMAS,
  ...ALARM_SCHEMAS,
  judgeCount: z.strictObject({
    line,
    equipment: z.string().min(1).max(200),
    counter: z.enum(['produced', 'rejected']),
    readAt: z.number().int().min(0),
    verdict: z.enum(['accepted', 'discarded']),
  }),
  changePlan: z.strictObject({ line, change: z.enum(PLAN_CHANGE_KINDS), from: instant, to: instant, note }),
  withdrawPlanChange: z.strictObject({ line, planChangeId: id }),
  scheduleMaintenance: z.strictObject({
    line,
    equipment: z.string().min(1).max(200).optional(),
    from: instant,
    to: instant,
    note,
  }),
  startMaintenance: z.strictObject({ line, maintenanceId: id }),
  completeMaintenance: z.strictObject({ line, maintenanceId: id }),
  cancelMaintenance: z.strictObject({ line, maintenanceId: id }),
  closePeriod: z.strictObject({
    line,
    shiftId: id.optional(),
    date: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'a date as "YYYY-MM-DD"' })
      .optional(),
  }),
} as const satisfies Record<FactoryCommand['name'], z.ZodType>;

export interface CommandRefusal {
  readonly reason: 'unknownCommand' | 'malformed' | 'forbidden';
  readonly message: string;
}

export type ParsedCommand =
  | { readonly ok: true; readonly command: FactoryCommand }
  | { readonly ok: false; readonly refusal: CommandRefusal };

export function parseCommand(name: string, data: Json): ParsedCommand {
  if (!isCommandName(name)) {
    const known = Object.keys(SCHEMAS).join(', ');
    return refuse('unknownCommand', `no command "${name.slice(0, 64)}"; there are ${known}`);
  }
  const { adjustment, own } = adjustmentIn(data);
  const why = adjustmentSchema.safeParse(adjustment);
  const result = SCHEMAS[name].safeParse(own);
  if (result.success && why.success) {
    return { ok: true, command: withoutUndefined({ name, ...result.data, adjustment: why.data }) };
  }
  const message = [...(why.error?.issues ?? []), ...(result.error?.issues ?? [])]
    .map((issue) => `${['data', ...issue.path].join('.')}: ${issue.message}`)
    .join('; ');
  return refuse('malformed', message);
}

/** Any command that edits may say why it changes what is closed. */
const adjustmentSchema = z
  .string({ error: 'why a closed period is changed, as text' })
  .min(1)
  .max(2000)
  .optional();

function adjustmentIn(data: Json): { readonly adjustment?: Json; readonly own: Json } {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || !('adjustment' in data)) {
    return { own: data };
  }
  const { adjustment, ...own } = data;
  return adjustment === undefined ? { own } : { adjustment, own };
}

function isCommandName(name: string): name is FactoryCommand['name'] {
  return Object.hasOwn(SCHEMAS, name);
}

/** `exactOptionalPropertyTypes`: a field that is `undefined` is left out. */
function withoutUndefined(command: object): FactoryCommand {
  return Object.fromEntries(
    Object.entries(command).filter(([, value]) => value !== undefined),
  ) as unknown as FactoryCommand;
}

/** The line a command acts on; `undefined` when it names a call or downtime that is not known. */
export function lineOfCommand(state: EngineState, command: FactoryCommand): LinePath | undefined {
  if ('line' in command) return command.line;
  if ('callId' in command) return state.calls.find(({ id }) => id === command.callId)?.line;
  const found = Object.entries(state.lines).find(([, { downtimes, withdrawn = [] }]) =>
    [...downtimes, ...withdrawn].some(({ id }) => id === command.downtimeId),
  );
  return found?.[0];
}

/** The other line a command acts on, which its author has to be permitted as well. */
export function otherLineOfCommand(command: FactoryCommand): LinePath | undefined {
  return command.name === 'assignJob' ? command.toLine : undefined;
}

/** Commands on the plan of a line need a permission of their own: that of its topic `plan`. */
const PLAN_COMMANDS: ReadonlySet<string> = new Set<FactoryCommand['name']>([
  'changePlan',
  'withdrawPlanChange',
  'scheduleMaintenance',
  'startMaintenance',
  'completeMaintenance',
  'cancelMaintenance',
  'closePeriod',
]);

/** What takes an alarm away from everybody, until somebody gives it back, needs that of the equipment's `alarms`. */
const SUPPRESSING_COMMANDS: ReadonlySet<string> = new Set<FactoryCommand['name']>([
  'suppressAlarm',
  'releaseAlarm',
  'takeAlarmOutOfService',
  'returnAlarmToService',
]);

/** Whose permission a command needs: that of its line, or of a topic below it. */
function commandedTopic(
  site: string,
  path: LinePath | undefined,
  command?: FactoryCommand & { readonly adjustment?: string },
): string {
  const line = `${site}/${path ?? ''}`;
  if (command === undefined) return line;
  if (PLAN_COMMANDS.has(command.name) || command.adjustment !== undefined) return `${line}/plan`;
  return SUPPRESSING_COMMANDS.has(command.name) && 'equipment' in command
    ? `${line}/${command.equipment?.split('/').at(-1)}/alarms`
    : line;
}

/**
 * Whether the author's `command` filters cover the line, or for commands on its plan and adjustments of closed periods
 * the topic `plan` below it, for those that suppress alarms the topic `alarms` of the equipment. Who may command
 * nothing is not told what exists.
 */
export function commandRefusal(
  permitted: readonly string[],
  site: string,
  path: LinePath | undefined,
  command?: FactoryCommand & { readonly adjustment?: string },
): CommandRefusal | null {
  if (permitted.length > 0 && path === undefined) return null;
  const topic = commandedTopic(site, path, command);
  return matchesAny(permitted, topic)
    ? null
    : { reason: 'forbidden', message: `commands to ${topic} are not permitted` };
}

function refuse(reason: CommandRefusal['reason'], message: string): ParsedCommand {
  return { ok: false, refusal: { reason, message } };
}
