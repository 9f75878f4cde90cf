import {
  alarmStatistics,
  alarmViews,
  type AlarmView,
  type EngineState,
  type EquipmentPath,
  type LinePath,
  type PlantConfig,
} from '@ms5/domain';
import type { AlarmDocument, AlarmStatisticsDocument } from '@ms5/wire/factory';
import { namesOfPeople } from '../../plant-names.ts';
import { withNames } from './call-documents.ts';

/** Alarms of each equipment of a line by their keys. */
export function alarmDocuments(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  at: number,
): readonly (readonly [EquipmentPath, readonly (readonly [string, AlarmDocument])[]])[] {
  return config.equipment
    .filter((equipment) => equipment.line === line)
    .map(({ path }) => [
      path,
      alarmViews(state, path, at).map((view) => [view.alarm, alarmDocument(config, view)] as const),
    ]);
}

export function alarmStatisticsDocument(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
  at: number,
): AlarmStatisticsDocument {
  return alarmStatistics(state, config, line, at);
}

const ACTS = ['acknowledged', 'reset', 'shelved', 'suppressedByDesign', 'outOfService'] as const;

/** People by the names the plant has for them beside their ids. */
function alarmDocument(config: PlantConfig, view: AlarmView): AlarmDocument {
  const known = namesOfPeople(config);
  return known.size === 0 ? view : withNames(view, ACTS, known);
}
