import type { EngineState, LineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { Changeover } from './changeover.ts';
import type { ChangeoverEvent } from './changeover-events.ts';

export function applyChangeover(state: EngineState, event: ChangeoverEvent): void {
  const own = lineOf(state, event.line);
  const { line, at, changeoverId } = event;
  switch (event.type) {
    case 'changeoverStarted': {
      const { fromProduct, toProduct, planned = true } = event;
      state.lastChangeover += 1;
      const begun = { id: changeoverId, line, fromProduct, toProduct, startedAt: at, completedAt: null };
      own.changeovers.push({ ...begun, planned, done: {} });
      return;
    }
    case 'changeoverCompleted':
      return change(own, changeoverId, () => ({ completedAt: at }));
    case 'changeoverCancelled':
      own.changeovers = own.changeovers.filter(({ id }) => id !== changeoverId);
      return;
    case 'changeoverStepDone':
      return change(own, changeoverId, ({ done }) => ({
        done: { ...done, [event.step]: { at, by: event.author } },
      }));
    case 'changeoverStepUndone':
      return change(own, changeoverId, ({ done }) => ({
        done: Object.fromEntries(Object.entries(done).filter(([step]) => step !== event.step)),
      }));
    case 'changeoverMeasured': {
      const { lastGoodAt, firstGoodAt, durationMs, elapsedMs } = event;
      own.measured = {
        ...own.measured,
        [changeoverId]: { lastGoodAt, firstGoodAt, durationMs, elapsedMs },
      };
    }
  }
}

function change(own: LineState, id: string, changed: (changeover: Changeover) => Partial<Changeover>): void {
  const index = own.changeovers.findLastIndex((each) => each.id === id);
  const changeover = own.changeovers[index];
  if (changeover !== undefined) own.changeovers[index] = { ...changeover, ...changed(changeover) };
}

/** Forgets what was measured of changeovers that ended before `limit`. */
export function dropOldMeasured(own: LineState, limit: EpochMs): void {
  if (own.measured === undefined) return;
  const kept = Object.entries(own.measured).filter(([, { firstGoodAt }]) => firstGoodAt >= limit);
  if (kept.length < Object.keys(own.measured).length) own.measured = Object.fromEntries(kept);
}
