import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { OeeEvent } from './oee-events.ts';
import { NOTHING_WATCHED } from './watched-figures.ts';
import { beatenAfter } from './standard-review.ts';

export function applyOee(state: EngineState, event: OeeEvent): void {
  const line = lineOf(state, event.line);
  const watched = line.oee ?? NOTHING_WATCHED;
  switch (event.type) {
    case 'oeeUpdated': {
      const { availability, performance, quality, oee } = event;
      line.oee = { ...watched, last: { availability, performance, quality, oee } };
      return;
    }
    case 'oeeThresholdCrossed': {
      const others = watched.below.filter((figure) => figure !== event.figure);
      line.oee = { ...watched, below: event.direction === 'below' ? [...others, event.figure] : others };
      return;
    }
    case 'oeeCalculated':
      if (event.period.kind === 'product')
        line.oee = { ...watched, beaten: beatenAfter(watched.beaten, event.period.id, event.weights) };
      return;
    case 'standardReviewProposed': {
      const { [event.product]: proposed, ...beaten } = watched.beaten;
      if (proposed !== undefined) line.oee = { ...watched, beaten };
    }
  }
}
