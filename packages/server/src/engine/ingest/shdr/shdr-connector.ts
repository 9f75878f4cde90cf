import { connect, type Socket } from 'node:net';
import type { Observation } from '@ms5/domain';
import type { Clock, Random } from '@ms5/hub';
import type { ShdrConnectorConfig } from '../../../config/index.ts';
import { createSteadyTime } from '../../core/steady-time.ts';
import type { Connector, ConnectorSink, ConnectorStatus } from '../connector.ts';
import {
  nextTimerAt,
  startSession,
  stepSession,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  type Transition,
} from './session.ts';
import { createShdrReader } from './shdr-reader.ts';

export interface ShdrConnectorOptions {
  readonly config: ShdrConnectorConfig;
  /** As configured for the equipment; `null`: never silent. */
  readonly silentAfterMs: number | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly sink: ConnectorSink;
}

/** Merely heard instants wait this long, so that telemetry at any rate makes one log entry a second. */
const HEARD_EVERY_MS = 1000;
const STATUS_EVERY_MS = 1000;
/** Observations handed over and not yet durable, above which the socket is not read. */
const MAX_UNCOMMITTED = 10_000;

/** One TCP connection to an MTConnect adapter, kept for ever: connects, reads, reconnects. */
export function createShdrConnector(options: ShdrConnectorOptions): Connector {
  const { config, clock, sink } = options;
  const reader = createShdrReader(config, options.silentAfterMs);
  const status = createStatus(config, clock, sink);
  const heard = createDelay(clock, HEARD_EVERY_MS, () => {
    const observation = reader.takeHeard(clock.now());
    if (observation !== null) hand([observation]);
  });
  const steady = createSteadyTime(clock);
  const first = startSession(steady());
  let session: SessionState = first.state;
  let socket: Socket | null = null;
  let uncommitted = 0;
  let cancelTimer = (): void => undefined;

  const hand = (observations: readonly Observation[]): void => {
    if (observations.length === 0) return;
    uncommitted += observations.length;
    if (uncommitted > MAX_UNCOMMITTED) socket?.pause();
    sink.observations(observations).then(
      (refused) => {
        uncommitted -= observations.length;
        if (uncommitted <= MAX_UNCOMMITTED / 2) socket?.resume();
        status.rejected(refused);
      },
      // The engine is gone; whoever runs it is told by itself.
      () => apply({ kind: 'stop' }),
    );
  };

  const received = (chunk: Buffer): void => {
    const reading = reader.read(chunk, clock.now());
    apply({ kind: 'received' });
    for (const intervalMs of reading.pongs) apply({ kind: 'ponged', intervalMs });
    hand(reading.facts);
    if (reading.telemetry.length > 0) sink.telemetry(config.equipment, reading.telemetry);
    status.rejected(reading.rejected);
    heard.arm();
    if (reading.overflow) apply({ kind: 'failed', reason: 'a line is too long: this is not SHDR' });
  };

  const open = (): void => {
    const own = connect({ host: config.host, port: config.port });
    socket = own;
    own.setNoDelay(true);
    const ifCurrent = (event: SessionEvent): void => {
      if (socket === own) apply(event);
    };
    own.on('connect', () => ifCurrent({ kind: 'opened' }));
    own.on('data', (chunk: Buffer) => {
      if (socket === own) received(chunk);
    });
    own.on('error', (error) => ifCurrent({ kind: 'failed', reason: error.message }));
    own.on('close', () => ifCurrent({ kind: 'failed', reason: 'the adapter closed the connection' }));
  };

  const perform = (effect: SessionEffect): void => {
    switch (effect.kind) {
      case 'connect':
        open();
        break;
      case 'ping':
        socket?.write('* PING\n');
        break;
      case 'connected':
        status.connected();
        break;
      case 'drop': {
        const own = socket;
        socket = null;
        own?.destroy();
        const rest = reader.end(clock.now());
        status.rejected(rest.rejected);
        hand(rest.facts);
        break;
      }
      case 'lost':
        status.lost(effect.reason);
        break;
    }
  };

  const settle = ({ state, effects }: Transition): void => {
    session = state;
    for (const effect of effects) perform(effect);
    cancelTimer();
    const dueAt = nextTimerAt(session);
    if (dueAt !== null) {
      cancelTimer = clock.after(Math.max(0, dueAt - steady()), () => apply({ kind: 'timer' }));
    }
  };

  const apply = (event: SessionEvent): void => {
    settle(stepSession(session, event, steady(), options.random.next()));
  };

  settle(first);
  return {
    id: config.id,
    close: () => {
      apply({ kind: 'stop' });
      heard.cancel();
      status.close();
    },
  };
}

/** Runs `task` once, `delayMs` after the first of any number of `arm` calls. */
function createDelay(clock: Clock, delayMs: number, task: () => void) {
  let cancel: (() => void) | null = null;
  return {
    arm: (): void => {
      cancel ??= clock.after(delayMs, () => {
        cancel = null;
        task();
      });
    },
    cancel: (): void => {
      cancel?.();
      cancel = null;
    },
  };
}

/** What people are told of the connection: changes at once, further rejected lines at most once a second. */
function createStatus({ id, kind }: ShdrConnectorConfig, clock: Clock, sink: ConnectorSink) {
  let state: Pick<ConnectorStatus, 'status' | 'since'> = { status: 'connecting', since: clock.now() };
  let reason: string | undefined;
  let rejectedLines = 0;

  const publish = (): void => {
    sink.status({ id, kind, ...state, rejectedLines, ...(reason === undefined ? {} : { reason }) });
  };
  const delay = createDelay(clock, STATUS_EVERY_MS, publish);

  publish();
  return {
    connected: (): void => {
      state = { status: 'connected', since: clock.now() };
      reason = undefined;
      publish();
    },
    lost: (why: string): void => {
      if (state.status !== 'lost') state = { status: 'lost', since: clock.now() };
      reason = why;
      publish();
    },
    /** `reason` shows the last of them while the connection stands. */
    rejected: (messages: readonly string[]): void => {
      if (messages.length === 0) return;
      rejectedLines += messages.length;
      reason = messages.at(-1) ?? reason;
      delay.arm();
    },
    close: (): void => delay.cancel(),
  };
}
