import { RATES } from '@ms5/wire';
import { createFakeClock, settlePromises } from '../fake-clock.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { createCounts, performOne, type Act, type SimulationReport } from './acts.ts';
import { createDeliveryClient, type DeliveryClient } from './delivery-client.ts';
import type {
  CreateEventIds,
  CreateSdk,
  DeliveryPorts,
  SimulatedHub,
  SimulatedIdentity,
} from './delivery-ports.ts';
import { createGuests, type Guests } from './guests.ts';
import { judgeRest, judgeSightings } from './invariants.ts';
import { createPlantModel, type ModelEntry } from './plant-model.ts';
import { createScreens, type Screens } from './screens.ts';
import type { Sighting } from './sightings.ts';
import { createTruth } from './truth.ts';

export interface DeliverySimulationOptions {
  readonly seed: number;
  readonly createHub: (ports: DeliveryPorts) => SimulatedHub;
  readonly createEventIds: CreateEventIds;
  readonly createSdk: CreateSdk;
  readonly steps?: number | undefined;
  /** Told every message as it is sent or arrives, for finding out about a seed. */
  readonly trace?: ((line: string) => void) | undefined;
}

const FILTERS = [
  ['s/#'],
  ['s/a/l1/#'],
  ['s/+/+/events', 's/a/l1/andon'],
  ['s/a/+/andon'],
  ['s/a/l2/status', 's/a/l2/downtime', 's/a/l1/downtime'],
  ['s/a/l1/#', 's/a/l1/events'],
];
/** Asked for at a rate; some are refused it. */
const RATED_FILTERS = [
  ['s/a/+/status'],
  ['s/a/+/diagnostics', 's/a/l2/downtime'],
  ['s/a/l1/m/#', 's/a/l1/status'],
  ['s/a/l2/#'],
];
const EVERYTHING: readonly string[] = ['#'];
const PERMISSIONS = [EVERYTHING, ['s/a/l1/#'], ['s/+/+/events', 's/a/+/andon']];
const ENDPOINTS = ['ms5.v1.json', 'ms5.v1.msgpack'] as const;
const CLIENTS = 3;
/** Frames kept for other sessions, of a plant this small. */
const CACHE_BOUND_BYTES = 16_777_216;
/** Away from the seeds that are run. */
const ACT_SEEDS = 2_000_000_000;
const SCREEN_SEEDS = 3_000_000_000;
const encoder = new TextEncoder();

/**
 * Runs a hub and three reference clients under virtual time and random faults, every choice from one seed: commits
 * of all kinds; links that deliver in pieces, stall, die in one direction, break, and let old bytes arrive late;
 * acknowledgements held back, tokens that expire, permissions that change, revocation, overload, drains, restarts
 * with and without history, new epochs. In the end all comes to rest and must be equal.
 *
 * In every fourth seed there are guests, too: a tablet that two people share, and a listener of another endpoint. In
 * these seeds and the ones before them rounds of two sessions are long ones. In every tenth seed there are screens: two
 * applications on the client SDK. The others go on as they were found.
 */
export async function simulateDelivery(options: DeliverySimulationOptions): Promise<SimulationReport> {
  const { seed, createHub, steps = 250, trace } = options;
  const random = createSeededRandom(seed);
  const clock = createFakeClock();
  const model = createPlantModel(random);
  const truth = createTruth();
  const { note, read } = createCounts();
  const faults: string[] = [];
  const sightings: Sighting[] = [];
  const permissions = new Map<string, readonly string[]>();
  const tokenLifeMs = random.chance(0.2) ? 100_000 : Infinity;
  const sessions = random.chance(0.1) ? CLIENTS - 1 : 1_000;
  // On a server that has to work for its writes, lanes rest between flushes.
  const writeMs = random.pick([0, 0, 0.05, 1]);
  const hasLongRounds = seed % 4 === 0 || seed % 4 === 3;
  // Its own, so that the seeds without these acts go on as they were found.
  const actRandom = createSeededRandom(seed + ACT_SEEDS);
  const spend = (): void => clock.elapse(writeMs);
  let isCalm = false;
  const clients = Array.from({ length: CLIENTS }, (_, index) => {
    const endpoint = random.pick(ENDPOINTS);
    const created = createDeliveryClient({ name: `c${index}`, endpoint, sightings, trace, spend });
    subscribe(created);
    return created;
  });
  let hub: SimulatedHub;
  const guests = seed % 4 === 0 ? startGuests() : null;
  hub = startHub();
  const screens = seed % 10 === 1 ? startScreens() : null;

  function startScreens(): Screens {
    const screenRandom = createSeededRandom(seed + SCREEN_SEEDS);
    return createScreens({
      random: screenRandom,
      clock,
      truth,
      hub: () => hub,
      createSdk: options.createSdk,
      getToken: (user) => later(() => user),
      sightings,
      spend,
      trace,
      note,
      commit,
      changePermissions: (user) => void permissions.set(user, screenRandom.pick(PERMISSIONS)),
      revoke: (user) => void hub.revoke({ userIds: [user] }),
    });
  }

  function startGuests(): Guests {
    return createGuests({
      random: actRandom,
      clock,
      model,
      truth,
      hub: () => hub,
      later,
      append: (entry) => commitAll([entry]),
      sightings,
      createEventIds: options.createEventIds,
      note,
      trace,
    });
  }

  function identityOf(token: string): SimulatedIdentity {
    const permitted = permissions.get(token) ?? EVERYTHING;
    return {
      userId: token,
      name: token,
      roles: [],
      expiresAt: clock.now() + tokenLifeMs,
      permissions: { subscribe: permitted, publish: [], command: EVERYTHING },
      ...guests?.identityOf(token),
    };
  }

  /** Answers at once, or after a while. */
  function later<T>(make: () => T): Promise<T> {
    if (isCalm || random.chance(0.7)) return Promise.resolve(make());
    return new Promise((resolve) => {
      clock.after(random.int(1, 2_000), () => resolve(make()));
    });
  }

  function startHub(): SimulatedHub {
    const started = createHub({
      clock,
      random,
      authenticate: (token) => {
        if (isCalm || !random.chance(0.02)) return later(() => identityOf(token));
        note('tokenUnverifiable');
        return Promise.reject(new Error('the key server does not answer'));
      },
      execute: () => later(() => ({ status: 'applied' })),
      publish: () => Promise.resolve({ status: 'busy', retryAfterMs: 1_000 }),
      displayed() {},
      ...guests?.ports,
      sessions: isCalm ? 1_000 : sessions,
      hasLongRounds,
    });
    truth.begin(model.epoch());
    started.load(model.restart());
    return started;
  }

  function commit(count: number): void {
    const entries: ModelEntry[] = Array.from({ length: count }, () => model.publish(clock.now()));
    commitAll(entries);
  }

  function commitAll(entries: readonly ModelEntry[]): void {
    for (const entry of entries) {
      truth.commit(entry);
      sightings.push({ kind: 'committed', epoch: truth.epoch(), offset: entry.offset });
    }
    hub.append('s', entries);
  }

  /** One after another as soon as the thread is free, so that some fall between the parts of a round. */
  function commitInMidst(left: number): void {
    commit(1);
    if (left > 0) clock.soon(() => commitInMidst(left - 1));
  }

  function connect(simulated: DeliveryClient): void {
    note('connect');
    simulated.connect(hub);
  }

  function changeSubscription({ client, extra }: DeliveryClient): void {
    note('subscription');
    const last = extra.pop();
    if (last !== undefined && random.chance(0.5)) return client.unsubscribe(...last);
    extra.push(subscribe({ client }));
  }

  function subscribe({ client }: Pick<DeliveryClient, 'client'>): readonly string[] {
    const isRated = random.chance(0.3);
    const filters = random.pick(isRated ? RATED_FILTERS : FILTERS);
    if (isRated) client.subscribeAt(random.pick(RATES), ...filters);
    else client.subscribe(...filters);
    return filters;
  }

  function changePermissions({ client, name }: DeliveryClient): void {
    note('permissions');
    permissions.set(name, random.pick(PERMISSIONS));
    client.send({ type: 'refresh', id: 900_000, token: name });
  }

  function revoke(simulated: DeliveryClient): void {
    const { name } = simulated;
    hub.revoke({ userIds: [name] });
    if (simulated.isServed()) faults.push(`${name}: its session goes on behind the revocation`);
  }

  function restart(isNewEpoch: boolean): void {
    note(isNewEpoch ? 'newEpoch' : 'restart');
    for (const simulated of clients) simulated.drop();
    guests?.drop();
    screens?.drop();
    hub.close();
    if (isNewEpoch) model.startEpoch();
    hub = startHub();
  }

  async function drain(): Promise<void> {
    note('drain');
    const drained = hub.drain({ windowMs: 1_000 });
    for (let turn = 0; turn < 5; turn += 1) {
      for (const simulated of clients) await simulated.deliver(Infinity);
      guests?.deliver();
      screens?.deliver();
      await clock.advanceSettled(random.int(0, 3_000));
    }
    await clock.advanceSettled(10_000);
    await drained;
    restart(false);
  }

  const someone = (): DeliveryClient => random.pick(clients);
  const faultOf = (what: string, perform: (simulated: DeliveryClient) => void) => () => {
    note(what);
    perform(someone());
  };
  const longRoundActs: readonly Act[] = [
    [
      8,
      () => {
        note('commitInMidst');
        commitInMidst(actRandom.int(2, 12));
      },
    ],
  ];
  const acts: readonly Act[] = [
    [30, () => commit(1)],
    [8, () => commit(random.int(5, 40))],
    [
      6,
      () =>
        hub.signal([
          { topic: 's/a/l1/m/telemetry/t', at: clock.now(), value: encoder.encode(`${clock.now()}`) },
        ]),
    ],
    [40, () => someone().deliver(random.int(1, 6))],
    [20, () => someone().deliver(Infinity)],
    [8, () => someone().deliverLate(random.int(1, 4))],
    [20, () => clock.advanceSettled(random.int(0, 30))],
    [4, () => clock.advanceSettled(random.int(500, 3_000))],
    [
      1,
      () => {
        note('longSilence');
        return clock.advanceSettled(random.int(20_000, 40_000));
      },
    ],
    [1, () => clock.elapse(random.int(1, 500))],
    [5, faultOf('break', (simulated) => simulated.drop())],
    [3, faultOf('abandon', (simulated) => simulated.abandon())],
    [
      2,
      faultOf('halfOpen', (simulated) => {
        simulated.dead = random.pick(['toClient', 'toServer']);
      }),
    ],
    [
      12,
      () => {
        const simulated = someone();
        if (!simulated.isOpen()) connect(simulated);
      },
    ],
    [
      3,
      faultOf('stall', (simulated) => {
        simulated.acknowledges = false;
      }),
    ],
    [3, () => wake(someone())],
    [2, () => changeSubscription(someone())],
    [2, () => void someone().client.command('raiseCall', {})],
    [0.7, () => changePermissions(someone())],
    [0.5, faultOf('revoke', revoke)],
    [0.3, drain],
    [1, () => restart(false)],
    [0.3, () => restart(true)],
    ...(hasLongRounds ? longRoundActs : []),
    ...(guests?.acts ?? []),
  ];

  function wake(simulated: DeliveryClient): void {
    simulated.acknowledges = true;
    simulated.dead = 'none';
    simulated.acknowledge();
  }

  async function comeToRest(): Promise<void> {
    isCalm = true;
    guests?.calm();
    if (sessions < CLIENTS) restart(false);
    for (const simulated of clients) {
      await simulated.deliverLate(Infinity);
      // What was refused for want of permission is asked for again on a new connection.
      if (permissions.has(simulated.name)) simulated.drop();
    }
    permissions.clear();
    screens?.calm();
    for (let round = 0; round < 60; round += 1) {
      for (const simulated of clients) {
        if (!simulated.isOpen()) connect(simulated);
        wake(simulated);
        await simulated.deliver(Infinity);
        await simulated.deliver(Infinity);
      }
      guests?.settle(round);
      screens?.settle(round);
      await clock.advanceSettled(200);
    }
  }

  /** Nothing may be left of sessions whose connections are gone. */
  async function checkLeaks(): Promise<void> {
    const { cachedBytes } = hub.figures();
    if (cachedBytes > CACHE_BOUND_BYTES) faults.push(`${cachedBytes} bytes of frames are kept`);
    for (const simulated of clients) simulated.drop();
    guests?.drop();
    screens?.close();
    await clock.advanceSettled(3_000);
    const left = hub.figures();
    for (const what of ['sessions', 'interests', 'commandsInFlight', 'publishesInFlight'] as const)
      if (left[what] > 0) faults.push(`${left[what]} ${what} left`);
  }

  for (let step = 0; step < steps; step += 1) {
    await performOne(random, acts);
    await screens?.step();
    for (const simulated of clients) faults.push(...simulated.checkWindow());
  }
  await comeToRest();
  for (const simulated of clients) {
    faults.push(...simulated.client.violations.map((violation) => `${simulated.name} ${violation}`));
    faults.push(...judgeRest(truth, simulated.rest()));
  }
  faults.push(...(guests?.judge() ?? []), ...(screens?.judge() ?? []));
  await checkLeaks();
  hub.close();
  await settlePromises();
  faults.push(...judgeSightings(truth, sightings));
  return { seed, faults, counts: read() };
}
