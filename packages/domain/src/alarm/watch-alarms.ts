import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { FactoryEvent } from '../engine/engine-types.ts';
import type { EpochMs, LineConfig } from '../plant/plant.ts';
import { FLOOD_REACH_MS, floodsOf, mayBeRaisedAfter, raisedWithin } from './alarm-rates.ts';
import { isSuppressed, knownAlarms } from './known-alarms.ts';

/** What the clock makes true of the alarms of a line: shelved time is over, floods begin and end. */
export function watchAlarms(state: EngineState, line: LineConfig, now: EpochMs): readonly FactoryEvent[] {
  const known = line.equipment.flatMap((path) => {
    const alarms = state.equipment[path]?.alarms?.alarms ?? [];
    return alarms.length === 0 ? [] : [{ path, alarms }];
  });
  if (known.length === 0) return [];
  const expired = known.flatMap(({ path: equipment, alarms }) =>
    alarms.flatMap(({ key: alarm, shelving }): FactoryEvent[] => {
      const until = shelving?.until ?? null;
      return until === null || until > now
        ? []
        : [{ type: 'alarmUnshelved', equipment, alarm, at: until, cause: 'expired' }];
    }),
  );
  return [...expired, ...floodNews(state, line, now)];
}

function floodNews(state: EngineState, line: LineConfig, now: EpochMs): readonly FactoryEvent[] {
  const since = lineOf(state, line.path).alarmFloodSince;
  const from = Math.min(since ?? now, now) - FLOOD_REACH_MS;
  const raised = line.equipment
    .flatMap((path) => knownAlarms(state, path, (memory) => mayBeRaisedAfter(memory, from)))
    .filter((alarm) => !isSuppressed(alarm, now))
    .flatMap((alarm) => raisedWithin(alarm, from, now))
    .sort((a, b) => a - b);
  const flood = floodsOf(raised, now).at(-1);
  const at = { line: line.path };
  if (flood?.to === null)
    return since === undefined ? [{ type: 'alarmFloodStarted', ...at, at: flood.from }] : [];
  if (since === undefined) return [];
  return [{ type: 'alarmFloodEnded', ...at, at: Math.max(flood?.to ?? now, since), from: since }];
}
