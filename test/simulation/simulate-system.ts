import {
  CONVERGENCE_MS,
  createCounts,
  createFakeClock,
  createSeededRandom,
  judgeCommands,
  judgeRest,
  judgeSightings,
  performOne,
  settlePromises,
  type Act,
  type AskedCommand,
  type Sighting,
  type SimulationReport,
} from '@ms5/testkit';
import type { Socket, SocketEvents } from '@ms5/client';
import { createBasicViewer } from './basic-viewer.ts';
import { createDevice, type Device } from './device.ts';
import { createDisk } from './disk.ts';
import { readLog, type LogTruth } from './log-truth.ts';
import { openLink, type Link } from './network.ts';
import { LINES, simulatedPlant } from './plant.ts';
import { createPoster } from './poster.ts';
import { startSimulatedServer, type SimulatedServer } from './server.ts';
import type { TierOptions } from './tiers.ts';

const START_MS = Date.UTC(2026, 0, 14, 8);
const DEVICES = 2;
const CALL_TYPES = ['material', 'maintenance', 'quality', 'process', 'safety', 'other'];
const MARK_ROUNDS = 12;
const EVERYTHING: readonly string[] = ['#'];
/** Streams stay permitted: who may not read one for a while is not told what was missed. */
const STREAMS = ['works/+/+/events', 'works/+/+/quality', 'app/#'];
const PERMISSIONS = [EVERYTHING, ['works/a/l1/#', ...STREAMS], ['works/+/+/andon', ...STREAMS]];

type Answer = AskedCommand['answers'][number];

/**
 * The system tier: clients as they ship, gateway and engine as they run, a log on a disk that fails, machines and
 * services that post and repeat; network, disk, clocks and tabs under virtual time, every choice from one seed. In
 * the end the log is replayed from its start, and everything anybody saw must fit it.
 */
export async function simulateSystemTier({
  seed,
  steps = 120,
  trace,
}: TierOptions): Promise<SimulationReport> {
  const random = createSeededRandom(seed);
  const clock = createFakeClock(START_MS);
  const plant = simulatedPlant();
  const disk = createDisk(random);
  const { note, read } = createCounts();
  const faults: string[] = [];
  const sightings: Sighting[] = [];
  const links = new Map<string, Link[]>();
  const permissions = new Map<string, readonly string[]>();
  const answers = new Map<string, Answer[]>();
  const deadlines = new Map<string, number | null>();
  const tokenLifeMs = random.chance(0.3) ? 90_000 : 3_600_000;
  const sessions = random.chance(0.05) ? DEVICES - 1 : 100;
  let isCalm = false;
  let server: SimulatedServer | null = startServer();
  const onFault = (fault: string): void => void faults.push(fault);

  function startServer(): SimulatedServer {
    return startSimulatedServer({
      clock,
      random,
      disk,
      plant,
      sessions: isCalm ? 100 : sessions,
      onFault: (fault) => onFault(fault),
      authenticate(token) {
        const [userId = '', expiry = ''] = token.split('|');
        if (!isCalm && random.chance(0.02))
          return Promise.reject(new Error('the key server does not answer'));
        const subscribe = permissions.get(userId) ?? EVERYTHING;
        return Promise.resolve({
          userId,
          name: userId,
          roles: [],
          expiresAt: Number(expiry),
          permissions: { subscribe, publish: ['app/#'], command: EVERYTHING },
        });
      },
    });
  }

  function crash(): void {
    if (server === null) return;
    for (const link of [...links.values()].flat()) link.cut(random.pick(['both', 'client', 'server']));
    server.kill();
    server = null;
    clock.after(random.int(10, 4_000), restart);
  }

  function restart(): void {
    if (server !== null) return;
    note('restart');
    server = startServer();
  }

  async function drain(): Promise<void> {
    const present = server;
    if (present === null) return;
    note('drain');
    void present.hub.drain({ windowMs: 1_000 });
    await clock.advanceSettled(random.int(0, 12_000));
    if (server === present) crash();
  }

  function later<T>(make: () => T): Promise<T> {
    if (isCalm || random.chance(0.8)) return Promise.resolve(make());
    return new Promise((resolve) => {
      clock.after(random.int(1, 3_000), () => resolve(make()));
    });
  }

  const devices = Array.from({ length: DEVICES }, (_, index): Device => {
    const name = `d${index}`;
    links.set(name, []);
    return createDevice({
      name,
      clock,
      seed: seed * 31 + index,
      skewMs: random.chance(0.3) ? random.int(-600_000, 600_000) : 0,
      isDurable: random.chance(0.8),
      sightings,
      onFault,
      trace,
      getToken: () => later(() => `${name}|${clock.now() + tokenLifeMs}`),
      onOutcome: (about, status, offset) => noteAnswer(about, status, offset),
      open: (events) => open(name, 'ms5.v1.json', events),
    });
  });
  const noteAnswer = (about: string, status: string, offset: number | null): void => {
    trace?.(`outcome ${about} ${status} ${offset}`);
    answers.set(about, [...(answers.get(about) ?? []), { status: status as Answer['status'], offset }]);
  };
  const open = (name: string, endpoint: string, events: SocketEvents): Socket => {
    note('connect');
    const opened = openLink({
      clock,
      random,
      maxLatencyMs: isCalm ? 20 : 2_000,
      events,
      accept: (transport) => server?.accept(endpoint, transport) ?? null,
    });
    links.set(name, [...(links.get(name) ?? []).slice(-3), opened.link]);
    return opened.socket;
  };
  const viewer = createBasicViewer({
    name: 'basic',
    clock,
    sightings,
    open: (events) => open('basic', 'basic', events),
    token: () => `basic|${clock.now() + tokenLifeMs}`,
    onOutcome: noteAnswer,
  });
  viewer.connect();
  const poster = createPoster({ clock, random, server: () => server, isCalm: () => isCalm });

  const someone = (): Device => random.pick(devices);
  const linkFault = (what: string, perform: (link: Link) => void) => () => {
    const link = links.get(random.pick([...links.keys()]))?.at(-1);
    if (link?.isOpen() !== true) return;
    note(what);
    perform(link);
  };
  const deviceFault = (what: string, perform: (device: Device) => void) => () => {
    note(what);
    perform(someone());
  };
  const direction = (): 'toClient' | 'toServer' => random.pick(['toClient', 'toServer']);

  let notes = 0;
  /** A call, or an amount of parts: what is done twice shows. */
  function command(device: Device, line: string, isCall: boolean): void {
    notes += 1;
    const about = isCall ? `call ${notes}` : `count ${notes}`;
    const deadline = !isCalm && random.chance(0.3) ? clock.now() + random.int(-200, 20_000) : null;
    deadlines.set(about, deadline);
    const callType = random.pick(CALL_TYPES);
    const data = isCall ? { line, callType, priority: 'high', note: about } : { line, good: notes };
    const name = isCall ? 'raiseCall' : 'enterCount';
    void device.client().command(name, data, deadline === null ? {} : { deadline });
  }

  function commandByHand(): void {
    notes += 1;
    const about = `count ${notes}`;
    deadlines.set(about, null);
    viewer.command(about, 'enterCount', { line: random.pick(LINES), good: notes });
  }

  function endCall(device: Device): void {
    const name = random.pick(['acknowledgeCall', 'resolveCall', 'cancelCall']);
    void device.client().command(name, { callId: `call-${random.int(1, Math.max(1, notes))}` });
  }

  const acts: readonly Act[] = [
    [14, () => command(someone(), random.pick(LINES), random.chance(0.5))],
    [8, () => endCall(someone())],
    [3, commandByHand],
    [12, () => poster.observe()],
    [5, () => poster.publish()],
    [40, () => clock.advanceSettled(random.int(0, 40))],
    [20, () => clock.advanceSettled(random.int(40, 1_500))],
    [2, () => clock.advanceSettled(random.int(1_500, 12_000))],
    [0.4, () => clock.advanceSettled(random.int(20_000, 60_000))],
    [1, () => clock.elapse(random.int(1, 400))],
    [3, linkFault('break', (link) => link.cut('both'))],
    [2, linkFault('brokenForOne', (link) => link.cut(random.pick(['client', 'server'])))],
    [2, linkFault('halfOpen', (link) => link.halfOpen(direction()))],
    [4, linkFault('stall', (link) => link.stall(direction(), random.int(100, 20_000)))],
    [1.5, deviceFault('freeze', (device) => device.freeze())],
    [3, () => someone().thaw()],
    [1, deviceFault('clockJump', (device) => device.jumpClock(random.int(1, 900_000)))],
    [1, deviceFault('tabDeath', (device) => device.reopen())],
    [1, deviceFault('nudge', (device) => device.nudge())],
    [2, deviceFault('relisten', (device) => device.relisten())],
    [0.7, deviceFault('permissions', ({ name }) => void permissions.set(name, random.pick(PERMISSIONS)))],
    [0.3, deviceFault('revoke', ({ name }) => void server?.hub.revoke({ userIds: [name] }))],
    [
      2,
      () => {
        note('crash');
        crash();
      },
    ],
    ...(['full', 'lostBefore', 'lostAfter'] as const).map((fault): Act => [
      0.7,
      () => {
        note(`disk.${fault}`);
        disk.failNext(fault);
      },
    ]),
    [
      1,
      () => {
        note('diskSlow');
        clock.elapse(random.int(100, 3_000));
      },
    ],
    [0.3, drain],
  ];

  /** What goes on by itself: a failed engine ends its process, whoever was signed out signs in again. */
  async function follow(): Promise<void> {
    await settlePromises();
    if (server?.hasFailed() === true) {
      note('engineFailed');
      crash();
    }
    for (const device of devices) {
      if (device.client().state().status === 'closed' && !device.isFrozen()) device.reopen();
      device.sample();
    }
  }

  function isAtRest({ truth }: LogTruth): readonly string[] {
    const rests = [...devices.map((device) => device.rest()), viewer.rest(truth.epoch())];
    const missing = rests.flatMap((rest) => judgeRest(truth, rest));
    const pending = devices.filter((device) => device.client().pending().length > 0);
    return [
      ...missing,
      ...pending.map(({ name }) => `${name}: commands are pending`),
      ...viewer.pending(),
      ...poster.pending(),
    ];
  }

  const replay = (): LogTruth => readLog(disk.durable, plant, epochNow(), clock.now());
  const epochNow = (): string => server?.engine.image().epoch ?? '';

  /** So that every stream has an entry that whoever listens must see. */
  function mark(): void {
    for (const line of LINES) for (const device of devices) command(device, line, false);
    poster.publish();
  }

  async function comeToRest(): Promise<void> {
    isCalm = true;
    permissions.clear();
    crash();
    disk.detach();
    restart();
    for (const device of devices) device.thaw();
    viewer.connect();
    let left: readonly string[] = ['not looked yet'];
    const until = clock.now() + CONVERGENCE_MS;
    let liveRounds = 0;
    while (left.length > 0 && clock.now() < until) {
      await clock.advanceSettled(1_300);
      await follow();
      const allLive = devices.every((device) => device.client().state().status === 'live');
      liveRounds = allLive ? liveRounds + 1 : 0;
      // By then the subscriptions are synced.
      if (liveRounds < 3) continue;
      // Again, should a connection that looked alive have been dead.
      if ((liveRounds - 3) % MARK_ROUNDS === 0) mark();
      if (poster.pending().length === 0) left = isAtRest(replay());
    }
    faults.push(...left.map((fault) => `not at rest: ${fault}`));
  }

  async function checkLeaks(): Promise<void> {
    for (const device of devices) device.close();
    viewer.close();
    await clock.advanceSettled(10_000);
    const left = server?.hub.figures();
    for (const what of ['sessions', 'interests', 'commandsInFlight'] as const)
      if ((left?.[what] ?? 0) > 0) faults.push(`${left?.[what]} ${what} left`);
  }

  for (let step = 0; step < steps; step += 1) {
    await performOne(random, acts);
    await follow();
  }
  await comeToRest();
  await checkLeaks();
  const { truth, commands, counted, published } = replay();
  const asked = [...deadlines].map(([about, deadlineMs]): AskedCommand => ({
    key: { clientId: about, counter: 0 },
    deadlineMs,
    answers: answers.get(about) ?? [],
  }));
  faults.push(...judgeSightings(truth, sightings), ...judgeCommands(asked, [commands]));
  faults.push(...poster.judge(counted, published));
  server?.kill();
  return { seed, faults, counts: read() };
}
