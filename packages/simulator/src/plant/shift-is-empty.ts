import type { EquipmentTimeline } from '@ms5/wire/factory';
import { sleep, type Clock } from '../clock/clock.ts';
import type { Api } from '../delivery/api.ts';
import type { Tokens } from '../delivery/tokens.ts';
import type { PlantSpec } from './plant.ts';

export interface ShiftQuestion {
  readonly spec: PlantSpec;
  readonly api: Api;
  readonly tokens: Tokens;
  readonly operatorUser: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const ASK_AGAIN_MS = 500;

/**
 * Whether the server knows nothing yet of the plant in the present shift. Asked until it answers. A server that
 * refuses to tell, or that nobody here may ask, counts as one that knows something: to tell it twice would be
 * worse than not to tell it.
 */
export async function shiftIsEmpty(question: ShiftQuestion): Promise<boolean> {
  const { spec, api, tokens, operatorUser, clock, signal } = question;
  while (!signal.aborted) {
    const token = tokens.of(operatorUser);
    if (token === undefined) return false;
    const to = clock.now();
    const from = spec.calendar.shiftStart(to);
    const replies = await Promise.all(
      spec.lines.map(({ equipment }) =>
        api.get(`/api/v1/equipment/${equipment}/timeline?from=${from}&to=${to + 1}`, token, signal),
      ),
    );
    if (replies.every((reply) => reply.status === 'done')) {
      return replies.every(({ value }) => knowsNothing(value as unknown as EquipmentTimeline));
    }
    if (replies.some((reply) => reply.status === 'refused')) return false;
    if (replies.some((reply) => reply.status === 'unauthorized')) {
      await tokens.other(operatorUser, token, signal);
    } else {
      await sleep(clock, ASK_AGAIN_MS, signal);
    }
  }
  return false;
}

function knowsNothing({ intervals, parts }: EquipmentTimeline): boolean {
  return parts.length === 0 && intervals.every(({ state }) => state === 'unknown');
}
