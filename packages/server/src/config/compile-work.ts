import type { CharacteristicConfig, DefectConfig, LineConfig } from '@ms5/domain';
import { defined } from './defined.ts';
import type { PlantFile } from './schema.ts';

type LineFile = PlantFile['areas'][number]['lines'][number];
type DefectFile = PlantFile['defects'][number];

/** The tree as a list, each defect with the one it is below. */
export function compileDefects(defects: readonly DefectFile[], group?: string): readonly DefectConfig[] {
  return defects.flatMap(({ code, name, defects: below }) => [
    { code, name, ...defined({ group }) },
    ...compileDefects(below, code),
  ]);
}

/** What is checked, watched and changed over on a line. */
export function compileLineWork({
  characteristics,
  scrapAlert,
  changeover,
}: LineFile): Pick<LineConfig, 'characteristics' | 'scrapAlert' | 'changeover'> {
  return {
    ...(characteristics.length === 0 ? {} : { characteristics: characteristics.map(compileCharacteristic) }),
    ...(scrapAlert === undefined ? {} : { scrapAlert: compileAlert(scrapAlert) }),
    ...(changeover === undefined ? {} : { changeover: compileChangeover(changeover) }),
  };
}

function compileCharacteristic(file: LineFile['characteristics'][number]): CharacteristicConfig {
  const { interval: intervalMs, ...rest } = file;
  if (rest.kind === 'passFail') return { ...rest, ...defined({ intervalMs }) };
  const { target, lower, upper, process, ...measured } = rest;
  return { ...measured, ...defined({ intervalMs, target, lower, upper, process }) };
}

function compileAlert({
  window: windowMs,
  ...rest
}: NonNullable<LineFile['scrapAlert']>): NonNullable<LineConfig['scrapAlert']> {
  return { ...rest, windowMs };
}

function compileChangeover({
  targets,
  steps,
}: NonNullable<LineFile['changeover']>): NonNullable<LineConfig['changeover']> {
  return {
    targets: targets.map(({ from = null, to = null, target }) => ({ from, to, targetMs: target })),
    steps,
  };
}
