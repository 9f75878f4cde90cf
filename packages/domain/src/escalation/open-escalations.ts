import type { Call } from '../andon/call.ts';
import { isOpen } from '../andon/call.ts';
import type { EngineState } from '../engine/engine-state.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import type { ClockState, Escalation } from './escalation.ts';
import { nextDue } from './escalation.ts';
import type { EscalationClock } from './policy.ts';
import { levelsOf } from './policy.ts';
import { settingOf } from './setting.ts';

interface ClockView {
  readonly level: number;
  readonly levels: number;
  readonly people: readonly string[];
  readonly reminders: number;
}

export interface EscalationView {
  readonly callId: string;
  readonly line: string;
  readonly type: Call['type'];
  readonly priority: Call['priority'];
  readonly policy: string;
  readonly status: Escalation['status'];
  readonly acknowledgedBy?: string;
  readonly clocks: Readonly<Record<EscalationClock, ClockView>>;
  readonly dueAt: EpochMs | null;
}

/** How far every open call has escalated, in the order they were raised. */
export function openEscalations(state: EngineState, config: PlantConfig): readonly EscalationView[] {
  const { escalation: configured } = config;
  if (configured === undefined) return [];
  return state.calls.filter(isOpen).flatMap((call): EscalationView[] => {
    const escalation = state.escalations[call.id];
    if (escalation === undefined) return [];
    const { id: callId, line, type, priority } = call;
    const setting = settingOf(configured, config.site.timeZone, call);
    const { policy } = setting;
    const viewOf = (clock: EscalationClock): ClockView => {
      const { level, people, reminders }: ClockState = escalation.clocks[clock];
      return { level, levels: levelsOf(policy, clock).length, people, reminders };
    };
    return [
      {
        callId,
        line,
        type,
        priority,
        policy: policy.id,
        status: escalation.status,
        ...(escalation.acknowledgedBy === undefined ? null : { acknowledgedBy: escalation.acknowledgedBy }),
        clocks: { acknowledgement: viewOf('acknowledgement'), resolution: viewOf('resolution') },
        dueAt: nextDue(escalation, call, setting)?.at ?? null,
      },
    ];
  });
}
