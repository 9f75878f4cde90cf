import type { CountFact } from '../count/count-facts.ts';
import type { Reading } from '../count/reading-facts.ts';
import type { EquipmentState } from '../engine/engine-state.ts';
import type { EpochMs } from '../plant/plant.ts';
import { lastAtOrBefore } from '../time/sorted.ts';

/** Instants at which the machine counted parts, oldest first, from the last one before `at` on, or from the first. */
export function pulsesAround(facts: EquipmentState, at: EpochMs): readonly EpochMs[] {
  const { produced, counts } = facts;
  return produced.length > 0 ? instantsFrom(produced, at, isStep) : instantsFrom(counts, at, isPulse);
}

/** Where a change at `at` may begin to change pulses: a total is judged by the next one too. */
export function pulsesChangedFrom({ produced }: EquipmentState, at: EpochMs): EpochMs {
  return produced[lastAtOrBefore(produced, at - 1)]?.at ?? at;
}

function isStep(reading: Reading, before: Reading | undefined): boolean {
  return before !== undefined && reading.sum > before.sum;
}

function isPulse({ pulse }: CountFact): boolean {
  return pulse === true;
}

function instantsFrom<Item extends { readonly at: EpochMs }>(
  items: readonly Item[],
  at: EpochMs,
  isOne: (item: Item, before: Item | undefined) => boolean,
): readonly EpochMs[] {
  let first = lastAtOrBefore(items, at - 1);
  for (; first > 0; first -= 1) {
    const item = items[first];
    if (item !== undefined && isOne(item, items[first - 1])) break;
  }
  const found: EpochMs[] = [];
  for (let index = Math.max(0, first); index < items.length; index += 1) {
    const item = items[index];
    if (item !== undefined && isOne(item, items[index - 1])) found.push(item.at);
  }
  return found;
}
