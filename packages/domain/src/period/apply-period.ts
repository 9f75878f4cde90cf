import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { PeriodEvent } from './period-events.ts';

/** Closed periods remembered per line. */
const KEPT = 100;

export function applyPeriod(state: EngineState, event: PeriodEvent): void {
  const own = lineOf(state, event.line);
  const known = own.closedPeriods ?? [];
  const { periodId: id, at, author: by } = event;
  if (event.type === 'periodClosed') {
    const { from, to, figures } = event;
    own.closedPeriods = [...known, { id, from, to, closedAt: at, by, figures, adjustments: [] }].slice(-KEPT);
    return;
  }
  const { why, edits } = event;
  const index = known.findIndex((period) => period.id === id);
  const period = known[index];
  if (period === undefined) return;
  const adjustments = [...period.adjustments, { at, by, why, edits }];
  own.closedPeriods = known.with(index, { ...period, adjustments });
}
