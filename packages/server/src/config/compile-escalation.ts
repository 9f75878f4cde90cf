import type { EscalationConfig, EscalationPolicy, LevelConfig, RotaConfig } from '@ms5/domain';
import type { PlantFile } from './schema.ts';

type File = PlantFile['escalation'];

/** Addresses stay out: this is written to the log. */
export function compileEscalation({ users, escalation }: PlantFile): EscalationConfig {
  return {
    people: users.map(({ id, name, roles, language }) => ({ id, name, roles, language })),
    rotas: escalation.rotas.map(compileRota),
    policies: escalation.policies.map(compilePolicy),
  };
}

function compileRota({ rotation, substitutions, ...rota }: File['rotas'][number]): RotaConfig {
  return {
    ...rota,
    rotation: rotation ?? null,
    substitutions: substitutions.map(({ for: whose, ...each }) =>
      whose === undefined ? each : Object.assign({}, each, { for: whose }),
    ),
  };
}

function compilePolicy(policy: File['policies'][number]): EscalationPolicy {
  const { id, place, types, priorities, quietHours, rateLimit } = policy;
  return {
    id,
    place: place ?? null,
    types,
    priorities,
    toAcknowledge: policy.toAcknowledge.map(compileLevel),
    toResolve: policy.toResolve.map(compileLevel),
    reminderMs: policy.remind,
    quietHours,
    inQuietHours: policy.inQuietHours,
    rateLimit: rateLimit === undefined ? null : { messages: rateLimit.messages, perMs: rateLimit.per },
    displayWithinMs: policy.displayWithin,
  };
}

function compileLevel({
  after,
  recipients,
  means,
}: File['policies'][number]['toResolve'][number]): LevelConfig {
  return { afterMs: after ?? null, recipients, means };
}
