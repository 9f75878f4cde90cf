import { createFakeClock, settlePromises, type FakeClock } from '../fake-clock.ts';
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts';
import {
  createSocketPair,
  type PairConnection,
  type PairTransport,
  type SocketPair,
} from '../socket-pair.ts';
import { checkConvergence, checkWindow, type SimulatedClient } from './invariants.ts';
import { createPlantModel, type ModelEntry, type ModelImage, type PlantModel } from './plant-model.ts';
import { createReferenceClient } from '../reference-client.ts';

/** What is simulated: a hub, by its shape. */
export interface SimulatedHub {
  load(image: ModelImage): void;
  append(log: string, entries: readonly ModelEntry[]): void;
  signal(
    changes: readonly { readonly topic: string; readonly at: number; readonly value: Uint8Array }[],
  ): void;
  connect(endpoint: string, transport: PairTransport & { ping(): void }): PairConnection;
  close(): void;
}

export interface SimulationOptions {
  readonly seed: number;
  readonly createHub: (clock: FakeClock, random: SeededRandom) => SimulatedHub;
  readonly steps?: number;
  /** Told every message as it is sent or arrives, for finding out about a seed. */
  readonly trace?: (line: string) => void;
}

export interface SimulationReport {
  readonly seed: number;
  /** What the server must not have done; empty: all is well. */
  readonly faults: readonly string[];
  /** What happened, by kind: how much the run has exercised. */
  readonly counts: Readonly<Record<string, number>>;
}

const FILTERS = [
  ['s/#'],
  ['s/a/l1/#'],
  ['s/+/+/events', 's/a/l1/andon'],
  ['s/a/+/andon'],
  ['s/a/l2/status', 's/a/l2/downtime', 's/a/l1/downtime'],
  ['s/a/l1/#', 's/a/l1/events'],
];
const CLIENTS = 3;
const encoder = new TextEncoder();

/**
 * Runs a hub and three reference clients under virtual time and random faults, every choice from one seed: commits
 * of all kinds, links that deliver in pieces, break, stall and come back, late acknowledgements, restarts of the
 * server with and without its history, new epochs. In the end all comes to rest and must be equal.
 */
export async function simulateDelivery({
  seed,
  createHub,
  steps = 250,
  trace,
}: SimulationOptions): Promise<SimulationReport> {
  const random = createSeededRandom(seed);
  const clock = createFakeClock();
  const model: PlantModel = createPlantModel(random);
  const counts: Record<string, number> = {};
  const note = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const faults: string[] = [];
  let hub = startHub();

  function startHub(): SimulatedHub {
    const started = createHub(clock, random);
    started.load(model.restart());
    return started;
  }

  function createClient(index: number): SimulatedClient {
    const client = createReferenceClient({ clientId: `c${index}`, acknowledges: false });
    client.subscribe(...random.pick(FILTERS));
    return { client, pair: null, acknowledges: true, extra: [], bytesApplied: 0 };
  }
  const clients = Array.from({ length: CLIENTS }, (_, index) => createClient(index));

  function connect(simulated: SimulatedClient): void {
    note('connect');
    const pair = createSocketPair();
    simulated.pair = pair;
    simulated.acknowledges = true;
    simulated.bytesApplied = 0;
    const connection = hub.connect('ms5.v1.json', { ...pair.transport, ping() {} });
    const name = `c${clients.indexOf(simulated)}`;
    const events = simulated.client.attach((text) => {
      trace?.(`${name} > ${text}`);
      pair.socket.send(text);
    });
    pair.open(connection, {
      ...events,
      message(text) {
        trace?.(`${name} < ${text}`);
        events.message(text);
      },
    });
  }

  function disconnect(simulated: SimulatedClient): void {
    simulated.pair?.drop();
    simulated.pair = null;
  }

  function acknowledge(simulated: SimulatedClient, pair: SocketPair): void {
    simulated.bytesApplied = pair.toClient().bytes - pair.bytesToClientUnderWay();
    simulated.client.ack();
  }

  /** Moves some messages; now and then with an acknowledgement behind them. */
  async function deliver(simulated: SimulatedClient, count: number): Promise<void> {
    const { pair } = simulated;
    if (pair === null) return;
    const arrived = pair.deliverToClient(count);
    if (arrived > 0 && simulated.acknowledges && pair.isOpen()) acknowledge(simulated, pair);
    pair.deliverToServer(count);
    await settlePromises();
    if (!pair.isOpen()) simulated.pair = null;
  }

  const acts: readonly (readonly [weight: number, act: () => void | Promise<void>])[] = [
    [30, () => hub.append('s', [model.publish(clock.now())])],
    [
      8,
      () => {
        note('burst');
        hub.append(
          's',
          Array.from({ length: random.int(5, 40) }, () => model.publish(clock.now())),
        );
      },
    ],
    [
      6,
      () =>
        hub.signal([
          { topic: 's/a/l1/m/telemetry/t', at: clock.now(), value: encoder.encode(`${clock.now()}`) },
        ]),
    ],
    [40, () => deliver(random.pick(clients), random.int(1, 6))],
    [20, () => deliver(random.pick(clients), Infinity)],
    [20, () => clock.advance(random.int(0, 30))],
    [4, () => clock.advance(random.int(500, 3_000))],
    [
      1,
      () => {
        note('longSilence');
        clock.advance(random.int(20_000, 40_000));
      },
    ],
    [
      6,
      () => {
        note('disconnect');
        disconnect(random.pick(clients));
      },
    ],
    [
      12,
      () => {
        const simulated = random.pick(clients);
        if (simulated.pair === null) connect(simulated);
      },
    ],
    [
      3,
      () => {
        note('stall');
        random.pick(clients).acknowledges = false;
      },
    ],
    [3, () => wake(random.pick(clients))],
    [2, () => changeSubscription(random.pick(clients))],
    [1, () => restart(false)],
    [0.3, () => restart(true)],
  ];
  const totalWeight = acts.reduce((sum, [weight]) => sum + weight, 0);

  function wake(simulated: SimulatedClient): void {
    simulated.acknowledges = true;
    const { pair, client } = simulated;
    if (pair?.isOpen() === true && client.receivedCount() > 0) acknowledge(simulated, pair);
  }

  function changeSubscription({ client, extra }: SimulatedClient): void {
    note('subscription');
    const last = extra.pop();
    if (last !== undefined && random.chance(0.5)) return client.unsubscribe(...last);
    const filters = random.pick(FILTERS);
    extra.push(filters);
    client.subscribe(...filters);
  }

  function restart(isNewEpoch: boolean): void {
    note(isNewEpoch ? 'newEpoch' : 'restart');
    for (const simulated of clients) disconnect(simulated);
    hub.close();
    if (isNewEpoch) model.startEpoch();
    hub = startHub();
  }

  async function act(): Promise<void> {
    let at = random.next() * totalWeight;
    for (const [weight, perform] of acts) {
      at -= weight;
      if (at < 0) return perform();
    }
  }

  async function comeToRest(): Promise<void> {
    for (let round = 0; round < 60; round += 1) {
      for (const simulated of clients) {
        if (simulated.pair === null) connect(simulated);
        wake(simulated);
        await deliver(simulated, Infinity);
        await deliver(simulated, Infinity);
      }
      clock.advance(200);
    }
  }

  for (let step = 0; step < steps; step += 1) {
    await act();
    for (const simulated of clients) faults.push(...checkWindow(simulated));
  }
  await comeToRest();
  hub.close();
  for (const simulated of clients)
    faults.push(...simulated.client.violations, ...checkConvergence(simulated, model));
  return { seed, faults, counts };
}
