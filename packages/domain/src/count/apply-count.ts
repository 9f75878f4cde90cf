import type { EngineState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import { heardFacts } from '../equipment/apply-equipment.ts';
import { indexedEquipment } from '../plant/plant-index.ts';
import type { EquipmentPath, PlantConfig } from '../plant/plant.ts';
import type { CountEvent } from './count-events.ts';
import type { CounterLimits } from './counter-step.ts';
import { NO_LIMITS } from './counter-step.ts';
import { insertCountFact, markPulse } from './count-facts.ts';
import { insertProductFact } from './product-facts.ts';
import { insertReading, judgeReading } from './reading-facts.ts';

export function applyCount(state: EngineState, config: PlantConfig, event: CountEvent): void {
  const byPerson = 'author' in event && event.author !== undefined;
  const facts = byPerson
    ? equipmentOf(state, event.equipment)
    : heardFacts(state, config, event.equipment, event.at);
  switch (event.type) {
    case 'productChanged':
      insertProductFact(facts.products, { at: event.at, product: event.product });
      return;
    case 'counted':
      insertCountFact(facts.counts, event.at, event);
      if (event.rejectsGiven === true) facts.rejectsKnown = true;
      if (!byPerson && givesPulses(config, event.equipment) && event.good + event.scrap + event.rework > 0)
        markPulse(facts.counts, event.at);
      return;
    case 'counterRead':
      insertReading(facts[event.counter], event.at, event.total, limitsOf(config, event.equipment));
      return;
    case 'countJudged':
      judgeReading(facts[event.counter], event.at, event.verdict, limitsOf(config, event.equipment));
  }
}

function givesPulses(config: PlantConfig, path: EquipmentPath): boolean {
  return indexedEquipment(config, path)?.config.pulse !== undefined;
}

function limitsOf(config: PlantConfig, path: EquipmentPath): CounterLimits {
  return indexedEquipment(config, path)?.counter ?? NO_LIMITS;
}
