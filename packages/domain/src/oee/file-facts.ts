import { insertCountFact } from '../count/count-facts.ts';
import type { CountSource } from '../count/count-source.ts';
import { insertProductFact } from '../count/product-facts.ts';
import { insertReading } from '../count/reading-facts.ts';
import type { EquipmentState } from '../engine/engine-state.ts';
import { insertStateFact } from '../equipment/state-facts.ts';
import { PACKML_MAPPING } from '../equipment/packml.ts';
import { PLAIN_MAPPING, meaningOf } from '../equipment/state-mapping.ts';
import type { OeeObservation } from './oee-input.ts';

const MAPPING = new Map([...Object.entries(PACKML_MAPPING), ...Object.entries(PLAIN_MAPPING)]);

/** What a written-down history says, as the live engine would hold it. */
export type FileFacts = Pick<EquipmentState, 'states' | 'products'> & CountSource;

export function factsOf(observations: readonly OeeObservation[]): FileFacts {
  const facts = {
    states: [] as EquipmentState['states'],
    products: [] as EquipmentState['products'],
    counts: [] as EquipmentState['counts'],
    produced: [] as EquipmentState['produced'],
    rejected: [] as EquipmentState['rejected'],
    rejectsKnown: false,
    unitsPerCount: 1,
  };
  const inOrder = [...observations].sort((a, b) => a.at - b.at);
  for (const { at, state: raw, reason, product, good, scrap, rework, counter, rejectCounter } of inOrder) {
    if (raw !== undefined) insertStateFact(facts.states, { at, raw, ...meaningOf(MAPPING, raw, reason) });
    if (product !== undefined) insertProductFact(facts.products, { at, product });
    if (good !== undefined || scrap !== undefined || rework !== undefined)
      insertCountFact(facts.counts, at, { good: good ?? 0, scrap: scrap ?? 0, rework: rework ?? 0 });
    if (scrap !== undefined || rework !== undefined) facts.rejectsKnown = true;
    if (counter !== undefined) insertReading(facts.produced, at, counter);
    if (rejectCounter !== undefined) insertReading(facts.rejected, at, rejectCounter);
  }
  return facts;
}
