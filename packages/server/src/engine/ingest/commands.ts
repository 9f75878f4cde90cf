import type { EngineState, FactoryCommand, LinePath } from '@ms5/domain';
import { matchesTopic, parseTopicFilter, type Json } from '@ms5/wire';
import { z } from 'zod';

const line = z.string('the path of a line, "area/line"').min(1).max(200);
const id = z.string().min(1).max(200);
const note = z.string().max(2000).optional();
const count = z.number().min(0).max(1_000_000_000).optional();

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
  classifyDowntime: z.strictObject({ downtimeId: id, reason: id }),
  startJob: z.strictObject({ line, workOrder: id, product: id, targetCount: z.number().int().min(1) }),
  completeJob: z.strictObject({ line }),
  startChangeover: z.strictObject({ line, toProduct: id }),
  completeChangeover: z.strictObject({ line }),
  judgeCount: z.strictObject({
    line,
    equipment: z.string().min(1).max(200),
    counter: z.enum(['produced', 'rejected']),
    readAt: z.number().int().min(0),
    verdict: z.enum(['accepted', 'discarded']),
  }),
  enterCount: z.strictObject({ line, good: count, scrap: count, rework: count }),
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
  const result = SCHEMAS[name].safeParse(data);
  if (result.success) return { ok: true, command: withoutUndefined({ name, ...result.data }) };
  const message = result.error.issues
    .map((issue) => `${['data', ...issue.path].join('.')}: ${issue.message}`)
    .join('; ');
  return refuse('malformed', message);
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

/** Whether the author's `command` filters cover the line. Who may command nothing is not told what exists. */
export function commandRefusal(
  permitted: readonly string[],
  site: string,
  path: LinePath | undefined,
): CommandRefusal | null {
  if (permitted.length > 0 && path === undefined) return null;
  const topic = `${site}/${path ?? ''}`;
  const allowed = permitted.some((text) => {
    const parsed = parseTopicFilter(text);
    return parsed.ok && matchesTopic(parsed.filter, topic);
  });
  return allowed ? null : { reason: 'forbidden', message: `commands to ${topic} are not permitted` };
}

function refuse(reason: CommandRefusal['reason'], message: string): ParsedCommand {
  return { ok: false, refusal: { reason, message } };
}
