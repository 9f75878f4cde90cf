import { countKind, countSourceOf, countsBetween } from '../count/count-source.ts';
import type { Quantities } from '../count/count-facts.ts';
import { equipmentOf, lineOf } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import { FUTURE_TOLERANCE_MS, conflict, refused } from '../engine/refusal.ts';
import { constraintAt, lineProductAt } from '../oee/line-constraint.ts';
import { editWindowOf } from '../plan/edit-window.ts';
import { lineShiftAt } from '../shift/line-shifts.ts';
import { decideRecordCheck } from './decide-check.ts';
import { heldFrom, judgedOf } from './held-parts.ts';
import type { QualityAsked } from './quality-asked.ts';
import type { MovedParts, QualityCommand } from './quality-events.ts';
import { qualityOf, stillHeld } from './quality.ts';
import { unknownDefect } from './unknown-defect.ts';

type Named<Name extends QualityCommand['name']> = Extract<QualityCommand, { name: Name }>;

export function decideQuality(asked: QualityAsked, command: QualityCommand): StepResult {
  switch (command.name) {
    case 'correctCount':
      return correct(asked, command);
    case 'holdParts':
      return hold(asked, command);
    case 'releaseParts':
      return release(asked, command);
    case 'recordCheck':
      return decideRecordCheck(asked, command);
    default:
      return command satisfies never;
  }
}

function invalidQuantity(quantities: Quantities): StepResult | null {
  for (const [name, value] of Object.entries(quantities))
    if (!(Number.isFinite(value) && value >= 0))
      return refused('invalidCount', `${name} is ${value}; expected a number of at least 0`, name);
  return null;
}

/** An entry never goes below zero, so neither does what was counted at its instant. */
function correct({ state, line, author, at }: QualityAsked, command: Named<'correctCount'>): StepResult {
  const { path } = line.config;
  const { entryId, note } = command;
  const entry = lineOf(state, path).quality?.entries.find(({ id }) => id === entryId);
  if (entry === undefined)
    return conflict('unknownEntry', `no entry ${entryId} on ${path}: it is another line's, or long ago`);
  const { equipment, at: madeAt, good, scrap, rework } = entry;
  const before = { good, scrap, rework };
  const after = {
    good: command.good ?? good,
    scrap: command.scrap ?? scrap,
    rework: command.rework ?? rework,
  };
  const invalid = invalidQuantity(after);
  if (invalid !== null) return invalid;
  const added = { good: after.good - good, scrap: after.scrap - scrap, rework: after.rework - rework };
  if (added.good === 0 && added.scrap === 0 && added.rework === 0)
    return refused('nothingChanged', `${entryId} says so already`);
  const said = { author, saidAt: at, ...(note === undefined ? null : { note }) };
  return {
    events: [
      {
        type: 'countCorrected',
        entryId,
        line: path,
        equipment,
        at: madeAt,
        ...said,
        before,
        after,
        ...added,
      },
    ],
    data: { entryId },
  };
}

/** While they are held parts are not good: they stand as rework of the time in which they were made. */
function hold(asked: QualityAsked, command: Named<'holdParts'>): StepResult {
  const { state, config, line, author, at } = asked;
  const { count, madeAt = at, defect, note } = command;
  const constraint = constraintAt(state, line, madeAt);
  if (!(Number.isFinite(count) && count > 0))
    return refused('invalidCount', `count is ${count}; expected more than 0`, 'count');
  const windowMs = editWindowOf(line.config);
  if (madeAt < at - windowMs)
    return refused(
      'tooLate',
      `madeAt ${madeAt} is ${at - madeAt} ms ago; ${windowMs} ms are accepted`,
      'madeAt',
    );
  if (madeAt > at + FUTURE_TOLERANCE_MS)
    return refused('inFuture', `madeAt ${madeAt} is after the parts were held`, 'madeAt');
  const unknown = unknownDefect(config, defect);
  if (unknown !== null) return unknown;
  const facts = equipmentOf(state, constraint.path);
  const source = countSourceOf(facts, constraint.unitsPerCount);
  const shift = lineShiftAt(state, config, line.config.path, madeAt);
  const { good } = countsBetween(source, shift?.from ?? -Infinity, madeAt);
  if (count > good)
    return refused(
      'moreThanMade',
      `${count} parts; only ${good} good ones are known of that shift by then`,
      'count',
    );
  const byCounter = countKind(source) === 'counter';
  const since = shift?.from ?? madeAt - windowMs;
  const made = heldFrom(asked, constraint, since, madeAt, count).map((part): MovedParts =>
    Object.assign({}, part, moved(byCounter, { good: -part.count, scrap: 0, rework: part.count })),
  );
  const holdId = `hold-${(state.lastHold ?? 0) + 1}`;
  return {
    events: [
      {
        type: 'partsHeld',
        holdId,
        line: line.config.path,
        equipment: constraint.path,
        at: madeAt,
        author,
        saidAt: at,
        held: count,
        product: lineProductAt(state, line, madeAt),
        ...(defect === undefined ? null : { defect }),
        ...(note === undefined ? null : { note }),
        ...moved(byCounter, { good: -count, scrap: 0, rework: count }),
        ...byHours(made, madeAt),
      },
    ],
    data: { holdId },
  };
}

/** Where not all are of the instant itself. */
function byHours(
  parts: readonly MovedParts[],
  madeAt: number,
): { readonly from: number; readonly parts: readonly MovedParts[] } | null {
  const oldest = parts.at(-1)?.at ?? madeAt;
  return oldest === madeAt ? null : { from: oldest, parts };
}

/** What is told beside a counter is taken out of it: its good parts are what is left. */
function moved(byCounter: boolean, quantities: Quantities): Quantities {
  return byCounter ? { ...quantities, good: 0 } : quantities;
}

function release({ state, line, author, at }: QualityAsked, command: Named<'releaseParts'>): StepResult {
  const { path } = line.config;
  const { holdId, good = 0, scrap = 0, rework = 0, note } = command;
  const held = qualityOf(lineOf(state, path)).holds.find(({ id }) => id === holdId);
  if (held === undefined) return conflict('unknownHold', `no hold ${holdId} on ${path}`);
  const judged = { good, scrap, rework };
  const invalid = invalidQuantity(judged);
  if (invalid !== null) return invalid;
  const total = good + scrap + rework;
  const left = stillHeld(held);
  if (left === 0) return conflict('notHeld', `all parts of ${holdId} are judged`);
  if (total === 0 || total > left)
    return refused('invalidCount', `${total} parts; ${holdId} holds ${left}`, 'good');
  const { equipment, madeAt } = held;
  const byCounter = equipmentOf(state, equipment).produced.length > 0;
  const parts = judgedOf(held.parts ?? [{ at: madeAt, count: left }], judged).map((part): MovedParts =>
    Object.assign(
      { at: part.at, count: part.count },
      moved(byCounter, { good: part.good, scrap: part.scrap, rework: -part.good - part.scrap }),
    ),
  );
  const added = moved(byCounter, { good, scrap, rework: -good - scrap });
  const said = { author, saidAt: at, ...(note === undefined ? null : { note }) };
  return {
    events: [
      {
        type: 'partsReleased',
        holdId,
        line: path,
        equipment,
        at: madeAt,
        ...said,
        judged,
        ...added,
        ...byHours(parts, madeAt),
      },
    ],
    data: { holdId },
  };
}
