import type { Call } from '../andon/call.ts';
import type { CallPriority } from '../andon/call-kinds.ts';
import type {
  EscalationConfig,
  EscalationPolicy,
  LevelConfig,
  Recipient,
  RotaConfig,
} from '../plant/escalation-config.ts';
import type { EpochMs } from '../plant/plant.ts';
import { onCall } from './on-call.ts';

/** The two clocks of a call; both run from when it was received. */
export type EscalationClock = 'acknowledgement' | 'resolution';
export const CLOCKS: readonly EscalationClock[] = ['acknowledgement', 'resolution'];

const MINUTE_MS = 60_000;

/** To the second level, where a level does not say. */
const DEFAULT_DELAY_MS: Readonly<Record<CallPriority, number>> = {
  low: 15 * MINUTE_MS,
  medium: 10 * MINUTE_MS,
  high: 5 * MINUTE_MS,
  critical: 2 * MINUTE_MS,
};

/** Where no policy of the plant covers a call: shift leads at once, managers next, on their screens. */
const DEFAULT_POLICY: EscalationPolicy = {
  id: 'default',
  place: null,
  types: [],
  priorities: [],
  toAcknowledge: [
    { afterMs: null, recipients: [{ role: 'lead' }], means: ['screen'] },
    { afterMs: null, recipients: [{ role: 'manager' }], means: ['screen'] },
  ],
  toResolve: [],
  reminderMs: null,
  quietHours: [],
  rateLimit: null,
  displayWithinMs: MINUTE_MS,
};

type Kind = Pick<Call, 'line' | 'type' | 'priority'>;

/** The policy that says most about a call: by line, area, site; then by type; then by priority; then by the file. */
export function policyFor(config: EscalationConfig, call: Kind): EscalationPolicy {
  let best = DEFAULT_POLICY;
  let bestScore = -1;
  for (const policy of config.policies) {
    const score = scoreOf(policy, call);
    if (score > bestScore) {
      best = policy;
      bestScore = score;
    }
  }
  return best;
}

/** How much a policy says about a call; -1: it does not cover it. */
function scoreOf({ place, types, priorities }: EscalationPolicy, { line, type, priority }: Kind): number {
  if (place !== null && place !== line && !line.startsWith(`${place}/`)) return -1;
  if (types.length > 0 && !types.includes(type)) return -1;
  if (priorities.length > 0 && !priorities.includes(priority)) return -1;
  const placeScore = place === null ? 0 : place === line ? 2 : 1;
  return placeScore * 4 + (types.length > 0 ? 2 : 0) + (priorities.length > 0 ? 1 : 0);
}

export interface Level extends LevelConfig {
  readonly afterMs: number;
}

/** Level `number`, from 1, of a clock; `undefined`: there is none. */
export function levelOf(
  policy: EscalationPolicy,
  clock: EscalationClock,
  number: number,
  priority: CallPriority,
): Level | undefined {
  const level = levelsOf(policy, clock)[number - 1];
  if (level === undefined) return undefined;
  const before = clock === 'acknowledgement' ? number - 1 : number;
  return { ...level, afterMs: level.afterMs ?? before * DEFAULT_DELAY_MS[priority] };
}

export function levelsOf(policy: EscalationPolicy, clock: EscalationClock): readonly LevelConfig[] {
  return clock === 'acknowledgement' ? policy.toAcknowledge : policy.toResolve;
}

/** Those who are told now: each once, those on call as of `at`. */
export function peopleOf(
  config: EscalationConfig,
  timeZone: string,
  recipients: readonly Recipient[],
  at: EpochMs,
): readonly string[] {
  return [...new Set(recipients.flatMap((recipient) => peopleOfOne(config, timeZone, recipient, at)))];
}

function peopleOfOne(
  { people, rotas }: EscalationConfig,
  timeZone: string,
  recipient: Recipient,
  at: EpochMs,
): readonly string[] {
  if ('person' in recipient)
    return people.some(({ id }) => id === recipient.person) ? [recipient.person] : [];
  if ('role' in recipient)
    return people.filter(({ roles }) => roles.includes(recipient.role)).map(({ id }) => id);
  const rota: RotaConfig | undefined = rotas.find(({ id }) => id === recipient.rota);
  const person = rota === undefined ? null : onCall(rota, timeZone, at);
  return person === null ? [] : [person];
}

/** Those calls disturb at any hour, and however often. */
export function isUrgent({ type, priority }: Pick<Call, 'type' | 'priority'>): boolean {
  return priority === 'critical' || type === 'safety';
}
