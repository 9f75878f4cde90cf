import { connect, type Socket } from 'node:net';
import type { SeededRandom } from '@ms5/testkit';
import { systemClock } from '../faults/system-clock.ts';
import { encodeFrame, framesOf, hostileFrame } from './frames.ts';
import { greeting, nextMessage, type Endpoint } from './messages.ts';
import { nextRequest } from './requests.ts';

export interface AttackParts {
  readonly port: number;
  readonly random: SeededRandom;
  readonly token: string;
}

/** What one connection did and how it was ended. */
export interface AttackReport {
  /** Frames or requests handed to the socket. */
  readonly sent: number;
  /** The close code the server gave, if it gave one. */
  readonly closeCode: number | null;
  /** First line of the answer. */
  readonly answer: string;
}

const OPEN_MS = 5_000;
/** Who leaves before has said nothing: the server has to come to the end. */
const HEARD_MS = 3_000;
/** For the answer to a request. */
const ANSWER_MS = 250;
/** After the end, for what comes of it. */
const LINGER_MS = 5;
/** What is asked at the end; the answer says that all before it was read. */
const LAST_PING = Buffer.from('the last of it');
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

interface Line {
  readonly socket: Socket;
  /** What came first. */
  head(): Buffer;
  /** From the end of the answer's head on, what comes are frames. */
  frames(): FrameReader;
  /** Resolves when something came after which it `isEnough`, when it closed, or when time is up. */
  wait(ms: number, isEnough: () => boolean): Promise<void>;
}

/** What is kept of an answer. */
const KEPT_BYTES = 4_096;

function openLine(port: number): Line {
  const socket = connect(port, '127.0.0.1');
  let head = Buffer.alloc(0);
  let frames: FrameReader | null = null;
  let check = (): void => {};
  socket.on('data', (bytes: Buffer) => {
    if (frames !== null) frames.take(bytes);
    else if (head.length < KEPT_BYTES) head = Buffer.concat([head, bytes]);
    check();
  });
  socket.on('error', () => undefined);
  return {
    socket,
    head: () => head,
    frames() {
      if (frames !== null) return frames;
      frames = createFrameReader();
      frames.take(head.subarray(head.indexOf('\r\n\r\n') + 4));
      return frames;
    },
    wait(ms, isEnough) {
      return new Promise((resolve) => {
        const end = (): void => {
          cancel();
          check = () => {};
          socket.off('close', end);
          resolve();
        };
        const cancel = systemClock.after(ms, end);
        socket.on('close', end);
        check = () => {
          if (isEnough()) end();
        };
        if (socket.destroyed) end();
        else check();
      });
    },
  };
}

/** Opens a WebSocket by hand, says much that is wrong, and leaves in one of several ways. */
export async function attackWebSocket(
  { port, random, token }: AttackParts,
  endpoint: Endpoint,
  frames: number,
): Promise<AttackReport> {
  const line = openLine(port);
  const { socket } = line;
  const isGreeted = random.chance(0.9);
  const head = [
    'GET /ws HTTP/1.1',
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${KEY}`,
    ...(endpoint === 'basic' ? [] : [`Sec-WebSocket-Protocol: ${endpoint}`]),
    ...(random.chance(0.5) ? ['Sec-WebSocket-Extensions: permessage-deflate'] : []),
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await line.wait(OPEN_MS, () => line.head().includes('\r\n\r\n'));
  const answer = line.head().toString('latin1').split('\r\n\r\n')[0] ?? '';
  if (!answer.startsWith('HTTP/1.1 101')) {
    socket.destroy();
    return { sent: 0, closeCode: null, answer: answer.slice(0, 12) };
  }
  const came = line.frames();
  if (isGreeted) {
    const { isBinary, payload } = greeting(endpoint, token, `fuzz-${random.int(1, 1_000)}`);
    socket.write(encodeFrame({ opcode: isBinary ? 2 : 1, payload }));
    await line.wait(OPEN_MS, () => came.count() > 0);
  }
  // Who does not read fills the server's side.
  const reads = !random.chance(0.05);
  if (!reads) socket.pause();
  const canCompress = /permessage-deflate/i.test(answer);
  const written: Buffer[] = [];
  for (let left = frames; left > 1; left -= 1)
    written.push(...framesOf(random, nextMessage(random, endpoint), canCompress));
  written.push(encodeFrame({ opcode: 9, payload: LAST_PING }));
  write(socket, random, written);
  const isHeard = (): boolean => came.closeCode() !== null || came.lastPong().equals(LAST_PING);
  if (reads) await line.wait(HEARD_MS, isHeard);
  if (random.chance(0.7)) {
    written.push(hostileFrame(random));
    socket.write(written.at(-1) ?? '');
  }
  await line.wait(LINGER_MS, () => false);
  leave(socket, random);
  return { sent: written.length, closeCode: came.closeCode(), answer: 'HTTP/1.1 101' };
}

/** In one piece, or cut anywhere. */
function write(socket: Socket, random: SeededRandom, parts: readonly Buffer[]): void {
  const bytes = Buffer.concat(parts);
  if (random.chance(0.7)) {
    socket.write(bytes);
    return;
  }
  const cut = random.int(0, bytes.length);
  socket.write(bytes.subarray(0, cut));
  socket.write(bytes.subarray(cut));
}

function leave(socket: Socket, random: SeededRandom): void {
  if (random.chance(0.3)) socket.end(encodeFrame({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) }));
  if (random.chance(0.3)) socket.resetAndDestroy();
  else socket.destroy();
}

/** What a server's frames say of the connection; the rest is passed over. */
interface FrameReader {
  take(bytes: Buffer): void;
  count(): number;
  closeCode(): number | null;
  /** Payload of the newest Pong. */
  lastPong(): Buffer;
}

function createFrameReader(): FrameReader {
  let held: Buffer = Buffer.alloc(0);
  let count = 0;
  let closeCode: number | null = null;
  let lastPong: Buffer = Buffer.alloc(0);

  function note(opcode: number, payload: Buffer): void {
    count += 1;
    if (opcode === 8 && payload.length >= 2) closeCode ??= payload.readUInt16BE(0);
    if (opcode === 10) lastPong = Buffer.from(payload);
  }

  return {
    take(bytes) {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      for (let frame = frameIn(held); frame !== null; frame = frameIn(held)) {
        note((held[0] ?? 0) & 0x0f, held.subarray(frame.head, frame.end));
        held = held.subarray(frame.end);
      }
    },
    count: () => count,
    closeCode: () => closeCode,
    lastPong: () => lastPong,
  };
}

/** Where the payload of the first frame, which is not masked, begins and ends; `null`: it is not whole yet. */
function frameIn(bytes: Buffer): { readonly head: number; readonly end: number } | null {
  const short = (bytes[1] ?? 0) & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < head) return null;
  const told = (): number => (short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)));
  const end = head + (short < 126 ? short : told());
  return bytes.length < end ? null : { head, end };
}

/** Some requests on one connection, Server-Sent Events among them. */
export async function attackHttp(
  { port, random, token }: AttackParts,
  requests: number,
): Promise<AttackReport> {
  const line = openLine(port);
  for (let left = requests; left > 0; left -= 1) line.socket.write(nextRequest(random, token));
  // Most wait for an answer, which half a request does not get.
  await line.wait(random.chance(0.8) ? ANSWER_MS : random.int(0, 20), () => line.head().length > 0);
  await line.wait(LINGER_MS, () => false);
  if (random.chance(0.5)) line.socket.resetAndDestroy();
  else line.socket.destroy();
  return { sent: requests, closeCode: null, answer: line.head().toString('latin1', 0, 12) };
}
