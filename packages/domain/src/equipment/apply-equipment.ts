import type { EngineState, EquipmentState } from '../engine/engine-state.ts';
import { equipmentOf } from '../engine/engine-state.ts';
import { indexedEquipment } from '../plant/plant-index.ts';
import type { EpochMs, EquipmentPath, PlantConfig } from '../plant/plant.ts';
import { hear, loseContact } from './contact.ts';
import type { EquipmentEvent } from './equipment-events.ts';
import { insertIllegalTransition, removeIllegalTransition } from './illegal-transitions.ts';
import { insertModeFact } from './mode-facts.ts';
import { insertStateFact, removeStateFact } from './state-facts.ts';

export function applyEquipment(state: EngineState, config: PlantConfig, event: EquipmentEvent): void {
  switch (event.type) {
    case 'equipmentStateChanged': {
      const { at, raw, reason = null } = event;
      const facts =
        event.derived === true
          ? equipmentOf(state, event.equipment)
          : heardFacts(state, config, event.equipment, at);
      insertStateFact(facts.states, { at, state: event.state, raw, reason });
      return;
    }
    case 'equipmentStateWithdrawn':
      removeStateFact(equipmentOf(state, event.equipment).states, event.at);
      return;
    case 'equipmentModeChanged': {
      const facts = heardFacts(state, config, event.equipment, event.at);
      insertModeFact((facts.modes ??= []), { at: event.at, mode: event.mode, raw: event.raw });
      return;
    }
    case 'illegalTransitionRecorded':
      insertIllegalTransition((equipmentOf(state, event.equipment).illegalTransitions ??= []), event);
      return;
    case 'illegalTransitionWithdrawn':
      removeIllegalTransition(equipmentOf(state, event.equipment).illegalTransitions ?? [], event);
      return;
    case 'equipmentHeard':
      for (const [from, to] of event.spans) heardFacts(state, config, event.equipment, from, to);
      return;
    case 'contactLost':
      loseContact(equipmentOf(state, event.equipment).contact, event.at);
  }
}

/** The facts of a machine that was just heard. */
export function heardFacts(
  state: EngineState,
  config: PlantConfig,
  path: EquipmentPath,
  from: EpochMs,
  to: EpochMs = from,
): EquipmentState {
  const facts = equipmentOf(state, path);
  hear(facts.contact, from, to, indexedEquipment(config, path)?.config.silentAfterMs ?? null);
  facts.newestAt = Math.max(facts.newestAt ?? to, to);
  return facts;
}
