import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { ChangeoverEvent } from './changeover-events.ts';

export function applyChangeover(state: EngineState, event: ChangeoverEvent): void {
  const { changeovers } = lineOf(state, event.line);
  const { line, at } = event;
  switch (event.type) {
    case 'changeoverStarted': {
      const { changeoverId: id, fromProduct, toProduct } = event;
      state.lastChangeover += 1;
      changeovers.push({ id, line, fromProduct, toProduct, startedAt: at, completedAt: null });
      return;
    }
    case 'changeoverCompleted': {
      const index = changeovers.findLastIndex(({ id }) => id === event.changeoverId);
      const changeover = changeovers[index];
      if (changeover !== undefined) changeovers[index] = { ...changeover, completedAt: at };
    }
  }
}
