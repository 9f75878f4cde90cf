import type { StepResult } from '../engine/engine-types.ts';
import { unknownName } from '../engine/refusal.ts';
import type { PlantConfig } from '../plant/plant.ts';

/** Refuses a code that is not in the plant's defect tree. */
export function unknownDefect({ defects = [] }: PlantConfig, code: string | undefined): StepResult | null {
  if (code === undefined || defects.some((each) => each.code === code)) return null;
  const known = defects.map((each) => each.code);
  return unknownName('unknownDefect', 'defect', code, known, 'defect');
}
