import type { EngineState } from '../engine/engine-state.ts';
import { lineOf } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { conflict, unknownName } from '../engine/refusal.ts';
import { lineProductAt } from '../oee/line-constraint.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { ChangeoverCommand } from './changeover-events.ts';

type Named<Name extends ChangeoverCommand['name']> = Extract<ChangeoverCommand, { name: Name }>;

export function decideChangeover(
  state: EngineState,
  line: IndexedLine,
  command: ChangeoverCommand,
  author: string,
  at: EpochMs,
): StepResult {
  switch (command.name) {
    case 'startChangeover':
      return start(state, line, command, author, at);
    case 'completeChangeover':
      return complete(state, line, command, author, at);
    case 'cancelChangeover':
      return cancel(state, line, command, author, at);
    case 'tickChangeoverStep':
      return tickStep(state, line, command, author, at);
    default:
      return command satisfies never;
  }
}

/** While a changeover is open, standing still on its line is setup. */
function start(
  state: EngineState,
  line: IndexedLine,
  { toProduct, planned = true }: Named<'startChangeover'>,
  author: string,
  at: EpochMs,
): StepResult {
  const { path } = line.config;
  const last = lineOf(state, path).changeovers.at(-1);
  if (last !== undefined && last.completedAt === null)
    return conflict('changeoverOpen', `changeover ${last.id} to ${last.toProduct} is open on ${path}`);
  if (last?.completedAt !== undefined && last.completedAt !== null && at < last.completedAt)
    return conflict('changeoverOverlap', `changeover ${last.id} on ${path} lasted until ${last.completedAt}`);
  const fromProduct = lineProductAt(state, line, at);
  const changeoverId = `changeover-${state.lastChangeover + 1}`;
  return {
    events: [
      { type: 'changeoverStarted', changeoverId, at, line: path, author, fromProduct, toProduct, planned },
    ],
    data: { changeoverId },
  };
}

/** Completes the open changeover and puts its product on the line's constraint. */
function complete(
  state: EngineState,
  line: IndexedLine,
  { changeoverId }: Named<'completeChangeover'>,
  author: string,
  at: EpochMs,
): StepResult {
  const { path } = line.config;
  const open = lineOf(state, path).changeovers.at(-1);
  if (open === undefined || open.completedAt !== null)
    return conflict('noChangeover', `no changeover is open on ${path}`);
  if (changeoverId !== undefined && changeoverId !== open.id)
    return conflict('otherChangeover', `changeover ${open.id} is open on ${path}, not ${changeoverId}`);
  if (at < open.startedAt)
    return conflict('changeoverOverlap', `changeover ${open.id} started only at ${open.startedAt}`);
  return {
    events: [
      { type: 'changeoverCompleted', changeoverId: open.id, at, line: path, author },
      { type: 'productChanged', equipment: line.constraint.path, at, product: open.toProduct, author },
    ],
    data: { changeoverId: open.id },
  };
}

/** Takes back an open changeover that was none. */
function cancel(
  state: EngineState,
  { config: { path } }: IndexedLine,
  { changeoverId }: Named<'cancelChangeover'>,
  author: string,
  at: EpochMs,
): StepResult {
  const open = lineOf(state, path).changeovers.at(-1);
  if (open === undefined || open.id !== changeoverId || open.completedAt !== null)
    return conflict('noChangeover', `changeover ${changeoverId} is not open on ${path}`);
  const { startedAt } = open;
  return {
    events: [{ type: 'changeoverCancelled', changeoverId, at, line: path, author, startedAt }],
    data: { changeoverId },
  };
}

/** Steps can be ticked while it is open and, where it was forgotten, afterwards. */
function tickStep(
  state: EngineState,
  { config }: IndexedLine,
  { changeoverId, step, done }: Named<'tickChangeoverStep'>,
  author: string,
  at: EpochMs,
): StepResult {
  const { path, changeover } = config;
  const found = lineOf(state, path).changeovers.find(({ id }) => id === changeoverId);
  if (found === undefined) return conflict('noChangeover', `no changeover ${changeoverId} on ${path}`);
  const steps = (changeover?.steps ?? []).map(({ id }) => id);
  if (!steps.includes(step)) return unknownName('unknownStep', 'step', step, steps, 'step');
  const before = found.done[step];
  if ((before !== undefined) === done)
    return before === undefined
      ? conflict('notDone', `step ${step} of ${changeoverId} is not done`)
      : conflict('doneAlready', `step ${step} of ${changeoverId} was done at ${before.at} by ${before.by}`);
  const type = done ? 'changeoverStepDone' : 'changeoverStepUndone';
  return {
    events: [{ type, changeoverId, at, line: path, author, step }],
    data: { changeoverId },
  };
}
