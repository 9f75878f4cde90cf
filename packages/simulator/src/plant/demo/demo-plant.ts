import type { PlantSpec } from '../plant.ts';
import { createWorkCalendar } from '../work-calendar.ts';
import { demoPeople } from './demo-people.ts';
import { bottling, labelling } from './filling-lines.ts';
import { cartoning, flowWrap, palletising } from './packaging-lines.ts';
import { cncCell, gearbox, moulding } from './part-lines.ts';

/** The virtual part of `plants/demo.yaml`: same lines, products, state names, reasons, shifts and people. */
export const demoPlant: PlantSpec = {
  lines: [bottling, labelling, cartoning, flowWrap, palletising, cncCell, moulding, gearbox],
  people: demoPeople,
  calendar: createWorkCalendar(
    'Europe/Berlin',
    ['06:00', '14:00', '22:00'],
    [
      { from: '08:45', to: '09:00' },
      { from: '11:30', to: '12:00' },
      { from: '16:45', to: '17:00' },
      { from: '19:30', to: '20:00' },
      { from: '00:45', to: '01:00' },
      { from: '03:30', to: '04:00' },
    ],
  ),
};
