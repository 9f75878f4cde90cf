// Publishes to a broker over its own protocol: NATS, MQTT 3.1.1 at quality 0, or HTTP POST for nchan.
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { serveCalls } from '../measure/control.ts';
import { pace, type Pacer } from '../measure/event.ts';

type Send = (texts: readonly string[]) => void;
interface Target {
  readonly protocol: 'nats' | 'mqtt' | 'nchan';
  readonly port: number;
}

let send: Send = () => undefined;
let events: Pacer | undefined;

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.on('error', reject);
  });
}

async function toNats(port: number): Promise<Send> {
  const socket = await open(port);
  socket.on('data', (bytes) => {
    if (bytes.toString('latin1').includes('PING')) socket.write('PONG\r\n');
  });
  socket.write('CONNECT {"verbose":false,"pedantic":false}\r\n');
  return (texts) => socket.write(texts.map((text) => `PUB bench ${text.length}\r\n${text}\r\n`).join(''));
}

async function toMqtt(port: number): Promise<Send> {
  const socket = await open(port);
  socket.resume();
  const id = Buffer.from('bench-publisher');
  const hello = Buffer.from([0, 4, 77, 81, 84, 84, 4, 2, 0, 0, 0, id.byteLength]);
  socket.write(Buffer.concat([Buffer.from([0x10, hello.byteLength + id.byteLength]), hello, id]));
  return (texts) => {
    const packets = texts.map((text) => {
      const bytes = 2 + 5 + text.length;
      const head = Buffer.from([0x30, (bytes & 0x7f) | 0x80, bytes >> 7, 0, 5]);
      return Buffer.concat([head, Buffer.from('bench'), Buffer.from(text)]);
    });
    socket.write(Buffer.concat(packets));
  };
}

function toNchan(port: number): Promise<Send> {
  // One connection: several would change the order.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const post = (text: string): void => {
    const message = request({ port, host: '127.0.0.1', path: '/pub', method: 'POST', agent });
    message.on('response', (response) => response.resume());
    message.on('error', () => undefined);
    message.end(text);
  };
  return Promise.resolve((texts) => texts.forEach(post));
}

serveCalls({
  async start({ protocol, port }: Target) {
    const openers = { nats: toNats, mqtt: toMqtt, nchan: toNchan };
    send = await openers[protocol](port);
  },
  publish({ rate }: { readonly rate: number }) {
    events = pace(rate, send);
  },
  stopPublishing() {
    events?.stop();
  },
  figures: () => ({ emitted: events?.emitted() ?? 0 }),
});
