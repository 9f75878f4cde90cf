import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { Unknown } from '../oee/figure.ts';
import { unknown } from '../oee/figure.ts';
import { plantIndex } from '../plant/plant-index.ts';
import type { EpochMs, LineConfig, LinePath, PlantConfig } from '../plant/plant.ts';
import type { Changeover, Measured } from './changeover.ts';
import type { ShownChangeover } from './measure-changeovers.ts';
import { measuredOf, shownChangeovers, targetOf } from './measure-changeovers.ts';

interface ChangeoverStepView {
  readonly id: string;
  readonly name: string;
  readonly kind: 'internal' | 'external';
  readonly done?: { readonly at: EpochMs; readonly by: string };
}

export interface ChangeoverView {
  readonly id: string;
  readonly fromProduct: string | null;
  readonly toProduct: string;
  readonly startedAt: EpochMs;
  readonly completedAt?: EpochMs;
  readonly targetMs: number | null;
  readonly planned: boolean;
  /** People told of it; otherwise the product just changed. */
  readonly announced: boolean;
  readonly steps: readonly ChangeoverStepView[];
  /** From the last good part of the one product to the first of the other, and how much longer than its target. */
  readonly measured: (Measured & { readonly overTargetMs: number | null }) | Unknown;
}

/** The open changeover of a line, or the one completed last. */
export function currentChangeover(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
): ChangeoverView | Unknown {
  const changeover = lineOf(state, path).changeovers.at(-1);
  if (changeover === undefined) return unknown('noChangeover');
  const shown = shownChangeovers(state, config, path).find(({ recorded }) => recorded === changeover);
  return viewOf(state, config, path, changeover, shown);
}

/** All changeovers of a line that are held, told of or not, oldest first. */
export function lineChangeovers(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
): readonly ChangeoverView[] {
  const shown = shownChangeovers(state, config, path);
  const told = lineOf(state, path).changeovers.map((changeover) =>
    viewOf(
      state,
      config,
      path,
      changeover,
      shown.find(({ recorded }) => recorded === changeover),
    ),
  );
  const untold = shown
    .filter(({ recorded, lastGoodAt }) => recorded === null && lastGoodAt !== null)
    .map((each) => viewOf(state, config, path, untoldOf(path, each), each));
  return [...told, ...untold].sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
}

/** What nobody told of began with the last good part, and was over with the first. */
function untoldOf(line: LinePath, shown: ShownChangeover): Changeover {
  const { id, fromProduct, toProduct, at, lastGoodAt, firstGoodAt } = shown;
  const times = { startedAt: lastGoodAt ?? at, completedAt: firstGoodAt };
  return { id, line, fromProduct, toProduct, ...times, planned: false, done: {} };
}

function viewOf(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  { id, fromProduct, toProduct, startedAt, completedAt, planned, done }: Changeover,
  shown: ShownChangeover | undefined,
): ChangeoverView {
  const line: Pick<LineConfig, 'changeover'> = plantIndex(config).lines.get(path)?.config ?? {};
  const targetMs = targetOf(line, fromProduct, toProduct);
  // Once the facts it was measured from are dropped, what was recorded of it stands.
  const measured =
    (shown === undefined ? null : measuredOf(state, config, path, shown)) ??
    lineOf(state, path).measured?.[id];
  return {
    id,
    fromProduct,
    toProduct,
    startedAt,
    ...(completedAt === null ? null : { completedAt }),
    targetMs,
    planned,
    announced: shown === undefined || shown.recorded !== null,
    steps: stepsOf(line.changeover?.steps, done),
    measured:
      measured === undefined
        ? unknown('noGoodPartYet')
        : { ...measured, overTargetMs: targetMs === null ? null : measured.durationMs - targetMs },
  };
}

function stepsOf(
  steps: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: 'internal' | 'external';
  }[] = [],
  done: Changeover['done'],
): readonly ChangeoverStepView[] {
  return steps.map(({ id, name, kind }) => {
    const ticked = done[id];
    return { id, name, kind, ...(ticked === undefined ? null : { done: ticked }) };
  });
}
