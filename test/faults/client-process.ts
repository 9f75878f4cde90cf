import { openByWebSocket, type Socket } from '@ms5/client';
import type { Sighting } from '@ms5/testkit';
import { issueToken } from '../../packages/server/src/gateway/auth/token.ts';
import { createDevice, type Device } from '../simulation/device.ts';
import type { Answer, ClientOrder, ClientReport, DeviceOrder } from './client-orders.ts';
import { systemClock } from './system-clock.ts';

// One device after another, in a process that can be stopped: the client as it ships, over real sockets.

const SAMPLE_MS = 50;

interface Running {
  readonly device: Device;
  readonly sightings: Sighting[];
  readonly faults: string[];
  readonly answers: (readonly [string, Answer])[];
  readonly sockets: Set<Socket>;
  readonly stopSampling: () => void;
}

let running: Running | null = null;

function begin(order: DeviceOrder): Running {
  const { name, seed, skewMs, isDurable, tokenKey, tokenLifeMs } = order;
  const sightings: Sighting[] = [];
  const faults: string[] = [];
  const answers: (readonly [string, Answer])[] = [];
  const sockets = new Set<Socket>();
  const openSocket = openByWebSocket();
  const device = createDevice({
    name,
    clock: systemClock,
    seed,
    skewMs,
    isDurable,
    wakeMs: 0,
    sightings,
    trace: undefined,
    onFault: (fault) => void faults.push(fault),
    onOutcome: (about, status, offset) =>
      void answers.push([about, { status: status as Answer['status'], offset }]),
    async getToken() {
      const subject = { userId: name, name, roles: ['admin'] };
      const { token } = await issueToken(tokenKey, subject, systemClock.now(), tokenLifeMs);
      return token;
    },
    open(events) {
      const socket = openSocket(order.url, ['ms5.v1.json'], events);
      sockets.add(socket);
      return socket;
    },
  });
  const stopSampling = systemClock.every(SAMPLE_MS, () => {
    // Whoever was signed out signs in again.
    if (device.client().state().status === 'closed') device.reopen();
    device.sample();
  });
  return { device, sightings, faults, answers, sockets, stopSampling };
}

function stop({ device, sockets, stopSampling }: Running): void {
  stopSampling();
  device.rest();
  device.close();
  // Those of tabs that died without a word, too.
  for (const socket of sockets) socket.close(1000, '');
}

function end(ended: Running, id: number): void {
  stop(ended);
  const { sightings, faults, answers } = ended;
  send({ report: 'end', id, sightings, faults, answers });
}

const send = (report: ClientReport): void => void process.send?.(report);

function rest({ device }: Running, id: number): void {
  const { topics } = device.rest();
  const client = device.client();
  send({ report: 'rest', id, topics, status: client.state().status, pending: client.pending().length });
}

function obey(order: ClientOrder): void {
  if (order.order === 'begin') {
    // A run that failed did not end it.
    if (running !== null) stop(running);
    running = begin(order.device);
    return;
  }
  if (running === null) return;
  const { device } = running;
  switch (order.order) {
    case 'command': {
      const { name, data, deadline } = order;
      void device.client().command(name, data, deadline === null ? {} : { deadline });
      return;
    }
    case 'nudge':
      return device.nudge();
    case 'reopen':
      return device.reopen();
    case 'relisten':
      return device.relisten();
    case 'rest':
      return rest(running, order.id);
    case 'end':
      end(running, order.id);
      running = null;
  }
}

process.on('message', (order: ClientOrder) => obey(order));
process.on('disconnect', () => process.exit(0));
