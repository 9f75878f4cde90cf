import type { FakeClock } from '../fake-clock.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Act } from './acts.ts';
import { createCloudEventsListener } from './cloud-events-listener.ts';
import type { CreateEventIds, DeliveryPorts, SimulatedHub, SimulatedIdentity } from './delivery-ports.ts';
import { createEventListener } from './event-listener.ts';
import type { Guest } from './guest.ts';
import { createGuestWorld } from './guest-world.ts';
import { judgeActs, judgePublished, judgeRest, judgeSeats } from './invariants.ts';
import type { ModelEntry, PlantModel } from './plant-model.ts';
import type { Sighting } from './sightings.ts';
import { createTablet, TABLET_FILTERS } from './tablet.ts';
import type { Truth } from './truth.ts';

/** Who is there beside the reference clients: a shared tablet, and a listener of another endpoint. */
export interface Guests {
  readonly acts: readonly Act[];
  /** Whom a token of theirs speaks for. */
  identityOf(token: string): Pick<SimulatedIdentity, 'userId' | 'permissions'> | undefined;
  /** What the hub hands on. */
  readonly ports: Pick<DeliveryPorts, 'execute' | 'publish' | 'displayed'>;
  drop(): void;
  deliver(): void;
  calm(): void;
  /** One of the rounds in which all comes to rest. */
  settle(round: number): void;
  /** Once all is at rest. */
  judge(): readonly string[];
}

export interface GuestsParts {
  readonly random: SeededRandom;
  readonly clock: FakeClock;
  readonly model: PlantModel;
  readonly truth: Truth;
  readonly hub: () => SimulatedHub;
  readonly later: <T>(make: () => T) => Promise<T>;
  readonly append: (entry: ModelEntry) => void;
  readonly sightings: Sighting[];
  readonly createEventIds: CreateEventIds;
  readonly note: (what: string) => void;
  readonly trace: ((line: string) => void) | undefined;
}

/** By then everybody is connected and holds what there is. */
const CONCLUDING_ROUND = 40;

export function createGuests(parts: GuestsParts): Guests {
  const { random, clock, model, truth, hub, later, sightings, note, trace } = parts;
  const world = createGuestWorld({ model, now: () => clock.now(), append: parts.append });
  const tablet = createTablet({ random, sightings, trace, note });
  const listener = random.chance(0.5)
    ? createEventListener({ sightings, trace }, parts.createEventIds)
    : createCloudEventsListener({ sightings, trace });
  const guests: readonly Guest[] = [tablet, listener];
  let isCalm = false;

  function connect(guest: Guest): void {
    if (guest.isOpen()) return;
    note(`connect ${guest.name}`);
    guest.connect(hub());
  }

  function deliverAll(count: number): void {
    for (const guest of guests) guest.deliver(count);
  }

  const publish: DeliveryPorts['publish'] = async (publication, author) => {
    if (!isCalm && random.chance(0.1)) return { status: 'busy', retryAfterMs: 1_000 };
    const asked = hub();
    const result = await later(() => (asked === hub() ? world.publish(publication, author) : null));
    // The server ended before it was committed.
    if (result === null) throw new Error('the engine has stopped');
    return later(() => ({ status: 'published', ...result }));
  };

  return {
    acts: [
      [20, () => deliverAll(random.int(1, 6))],
      [20, () => deliverAll(Infinity)],
      [14, () => tablet.act()],
      [12, () => guests.forEach(connect)],
      [1.5, () => random.pick(guests).drop()],
    ],
    identityOf(token) {
      const subscribe = token === 'ann' || token === 'bob' ? TABLET_FILTERS[token] : undefined;
      if (subscribe === undefined && token !== listener.name) return undefined;
      const permissions = { subscribe: subscribe ?? ['#'], publish: [`app/${token}/#`], command: ['#'] };
      return { userId: token, permissions };
    },
    ports: {
      execute(command, author) {
        if (author.userId === 'ann' || author.userId === 'bob') world.executed(command, author);
        return later(() => ({ status: 'applied' }));
      },
      publish,
      displayed: (receipt, reader) => world.displayed(receipt, reader),
    },
    drop() {
      for (const guest of guests) guest.drop();
    },
    deliver: () => deliverAll(Infinity),
    calm() {
      isCalm = true;
      for (const guest of guests) guest.calm();
    },
    settle(round) {
      for (const guest of guests) {
        connect(guest);
        guest.act();
        if (round === CONCLUDING_ROUND) guest.conclude();
        guest.deliver(Infinity);
      }
    },
    judge: () => [
      ...guests.flatMap((guest) => guest.faults()),
      ...guests.flatMap((guest) => judgeRest(truth, guest.rest())),
      ...judgeActs(tablet.asked, world.noted),
      ...judgePublished(truth, tablet.published),
      ...judgeSeats(tablet.seats),
    ],
  };
}
