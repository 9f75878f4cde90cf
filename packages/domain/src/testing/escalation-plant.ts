import type { EscalationConfig, EscalationPolicy, RotaConfig } from '../plant/escalation-config.ts';
import type { PlantConfig } from '../plant/plant.ts';
import { LINE, MINUTE, samplePlant } from './sample-plant.ts';

export const NIGHTS = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  from: '22:00',
  to: '06:00',
} as const;

/** Ada and Ben in turns of a week from Monday 2024-01-01, 06:00 Berlin time. */
export const ROTA: RotaConfig = {
  id: 'duty',
  name: 'On call',
  handover: '06:00',
  rotation: { begins: '2024-01-01', days: 7, people: ['ada', 'ben'] },
  turns: [],
  substitutions: [],
  hours: [],
};

/** Operators at once, on call after 5 min, the manager after 10. */
export const POLICY: EscalationPolicy = {
  id: 'line',
  place: LINE,
  types: [],
  priorities: [],
  toAcknowledge: [
    { afterMs: 0, recipients: [{ role: 'operator' }], means: ['screen'] },
    { afterMs: 5 * MINUTE, recipients: [{ rota: 'duty' }], means: ['email'] },
    { afterMs: 10 * MINUTE, recipients: [{ person: 'mia' }], means: ['email', 'screen'] },
  ],
  toResolve: [],
  reminderMs: null,
  quietHours: [],
  rateLimit: null,
  displayWithinMs: null,
};

export interface EscalationChanges {
  readonly policy?: Partial<EscalationPolicy>;
  readonly policies?: readonly EscalationPolicy[];
  readonly rota?: Partial<RotaConfig>;
}

export function escalationPlant({ policy, policies, rota }: EscalationChanges = {}): PlantConfig {
  const person = (id: string, role: string): EscalationConfig['people'][number] => ({
    id,
    name: id,
    roles: [role],
    language: 'en',
  });
  return samplePlant(
    {},
    {
      escalation: {
        people: [
          person('oli', 'operator'),
          person('ada', 'technician'),
          person('ben', 'technician'),
          person('lea', 'lead'),
          person('mia', 'manager'),
        ],
        rotas: [{ ...ROTA, ...rota }],
        policies: policies ?? [{ ...POLICY, ...policy }],
      },
    },
  );
}
