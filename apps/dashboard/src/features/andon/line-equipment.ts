import type { PlantDescription } from '@ms5/client';

/** A line's equipment as the plant describes it. */
export type LineEquipment = PlantDescription['areas'][number]['lines'][number]['equipment'];

/** Name of the equipment a document means, by its id or by its whole path. */
export function equipmentName(equipment: LineEquipment, meant: string): string {
  const id = meant.split('/').at(-1);
  return equipment.find((one) => one.id === id)?.name ?? meant;
}
