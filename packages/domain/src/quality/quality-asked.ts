import type { EngineState } from '../engine/engine-state.ts';
import type { IndexedLine } from '../plant/plant-index.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';

/** Who asks for something about the parts of a line, when, and of what. */
export interface QualityAsked {
  readonly state: EngineState;
  readonly config: PlantConfig;
  readonly line: IndexedLine;
  readonly author: string;
  readonly at: EpochMs;
}
