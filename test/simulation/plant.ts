import { parsePlant, type Plant } from '../../packages/server/src/config/index.ts';

export const PLANT_TEXT = `
site: { id: works, name: Works, timeZone: UTC }
areas:
  - id: a
    name: A
    lines:
      - { id: l1, name: One, equipment: [{ id: e, name: E, states: simple, product: p }] }
      - { id: l2, name: Two, equipment: [{ id: e, name: E, states: simple, product: p }] }
products: [{ id: p, name: P, idealCycle: 1s }]
shifts: [{ id: day, name: Day, days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "12:00" }]
`;

export const LINES = ['a/l1', 'a/l2'] as const;

/** A plant as small as one can be with two of everything that matters. */
export function simulatedPlant(): Plant {
  const parsed = parsePlant('simulated.yaml', PLANT_TEXT);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.plant;
}
