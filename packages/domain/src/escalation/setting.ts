import type { Call } from '../andon/call.ts';
import type { EscalationConfig } from '../plant/escalation-config.ts';
import type { Setting } from './escalation.ts';
import { nextOnCall } from './on-call.ts';
import { levelOf, peopleOf, policyFor } from './policy.ts';

/** What holds for a call under a plant's policies. */
export function settingOf(config: EscalationConfig, timeZone: string, call: Call): Setting {
  const policy = policyFor(config, call);
  return {
    policy,
    presentFrom: (clock, level, from) => {
      let first: number | null = null;
      for (let below = level; below > 0; below -= 1) {
        const { recipients = [] } = levelOf(policy, clock, below, call.priority) ?? {};
        if (peopleOf(config, timeZone, recipients, from).length > 0) return from;
        for (const recipient of recipients) {
          const rota = 'rota' in recipient ? config.rotas.find(({ id }) => id === recipient.rota) : undefined;
          const next = rota === undefined ? null : nextOnCall(rota, timeZone, from);
          if (next !== null && (first === null || next < first)) first = next;
        }
      }
      return first;
    },
  };
}
