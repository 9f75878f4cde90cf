import type { Observation } from '@ms5/domain';
import { createSeededRandom, type SeededRandom } from '@ms5/testkit';

const LINES = 20;
const PLACES = ['filler', 'packer', 'checker'] as const;
const PRODUCTS = ['cola', 'water'] as const;

/** A plant of 20 lines, three machines on each, in three shifts with breaks on working days. */
export function yearPlant(): string {
  const lines = Array.from(
    { length: LINES },
    (_, index) => `      - id: line-${index + 1}
        name: Line ${index + 1}
        constraint: filler
        equipment:
          - { id: filler, name: Filler, states: simple, minorStop: 2m, product: cola }
          - { id: packer, name: Packer, states: simple, minorStop: 2m, product: cola }
          - { id: checker, name: Checkweigher, states: simple, minorStop: 2m, product: cola }`,
  ).join('\n');
  const worked = 'days: [mon, tue, wed, thu, fri]';
  return `site: { id: works, name: Works, timeZone: Europe/Berlin }
areas:
  - id: hall
    name: Hall
    lines:
${lines}
products:
  - { id: cola, name: Cola, idealCycle: 1s }
  - { id: water, name: Water, idealCycle: 0.8s }
shifts:
  - { id: early, name: Early, ${worked}, from: '06:00', to: '14:00', breaks: [{ from: '09:00', to: '09:15' }] }
  - { id: late, name: Late, ${worked}, from: '14:00', to: '22:00', breaks: [{ from: '18:00', to: '18:30' }] }
  - { id: night, name: Night, ${worked}, from: '22:00', to: '06:00' }
reasons:
  - { code: jam, name: Jam, loss: breakdown, failure: true }
  - { code: starved, name: No material, loss: external }
`;
}

/** One machine of the stream and what it says next. */
interface Machine {
  readonly equipment: string;
  readonly place: (typeof PLACES)[number];
  nextAt: number;
  counter: number;
  product: number;
  /** Reports left until it stops, or until it runs again. */
  left: number;
  state: 'running' | 'stopped' | 'starved';
}

/** Each of the 60 machines reports so often, which makes 10⁸ observations a year. */
const REPORT_MS = 18_900;
const LATE_SHARE = 0.01;
const LATE_MS = 300_000;

/** Where the stream has come. */
export interface PlantStream {
  /** The next observation, by when it is received; one in a hundred is up to five minutes late. */
  next(): Observation;
}

/**
 * What the machines of the plant say, for ever, the same each time, in constant memory: a filler reports its state
 * with its counter, a packer its state, a checkweigher the parts it found good and bad; stops and products come and go.
 */
export function createPlantStream(startAt: number): PlantStream {
  const random = createSeededRandom(1);
  const machines: Machine[] = Array.from({ length: LINES }, (_, line) =>
    PLACES.map((place): Machine => ({
      equipment: `hall/line-${line + 1}/${place}`,
      place,
      nextAt: startAt + Math.floor(random.next() * REPORT_MS),
      counter: 0,
      product: 0,
      left: 20 + Math.floor(random.next() * 200),
      state: 'running',
    })),
  ).flat();
  machines.sort((a, b) => a.nextAt - b.nextAt);
  // All report at one pace, so they take turns for ever.
  let turn = 0;
  return {
    next() {
      const machine = machines[turn];
      turn = turn + 1 === machines.length ? 0 : turn + 1;
      if (machine === undefined) throw new Error('the plant has no machines');
      const receivedAt = machine.nextAt;
      machine.nextAt += REPORT_MS;
      const at = random.chance(LATE_SHARE) ? receivedAt - Math.floor(random.next() * LATE_MS) : receivedAt;
      return said(machine, at, receivedAt, random);
    },
  };
}

function said(machine: Machine, at: number, receivedAt: number, random: SeededRandom): Observation {
  changeState(machine, random);
  const { equipment, place, state } = machine;
  const isRunning = state === 'running';
  if (place === 'checker') {
    if (!isRunning) return { equipment, at, receivedAt, state };
    return { equipment, at, receivedAt, good: 18, scrap: random.chance(0.05) ? 1 : 0 };
  }
  if (place === 'packer') return { equipment, at, receivedAt, state };
  // What is late tells of its own time: no total, which would have been a smaller one.
  if (at < receivedAt) return { equipment, at, receivedAt, state };
  if (isRunning) machine.counter += 17 + Math.floor(random.next() * 3);
  const { counter } = machine;
  if (!random.chance(0.0005)) return { equipment, at, receivedAt, state, counter };
  machine.product = 1 - machine.product;
  return { equipment, at, receivedAt, state, counter, product: PRODUCTS[machine.product] ?? 'cola' };
}

/** About an hour of running between stops of some minutes. */
function changeState(machine: Machine, random: SeededRandom): void {
  machine.left -= 1;
  if (machine.left > 0) return;
  if (machine.state === 'running') {
    machine.state = random.chance(0.5) ? 'stopped' : 'starved';
    machine.left = 1 + Math.floor(random.next() * 20);
  } else {
    machine.state = 'running';
    machine.left = 20 + Math.floor(random.next() * 340);
  }
}
