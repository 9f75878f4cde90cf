import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { createInflater } from './inflate.ts';

/** Gets the payload of data frames, in the pieces in which they were read. The bytes are only good during the call. */
export interface FrameSink {
  /** `frameBytes`: of the whole payload. */
  payload(
    bytes: Buffer,
    start: number,
    end: number,
    isFirst: boolean,
    isLast: boolean,
    frameBytes: number,
  ): void;
  /** Everything that was read at once has been given. */
  readDone(): void;
  /** The server says why it closes. */
  closing(reason: string): void;
  closed(): void;
}

export interface LoadSocket {
  send(payload: string | Uint8Array, isBinary?: boolean): void;
  /** Reads no more: the peer sees a client that has frozen. */
  freeze(): void;
  destroy(): void;
  bytesRead(): number;
}

export interface LoadSocketOptions {
  readonly port: number;
  readonly path: string;
  readonly subprotocol?: string;
  /** Offers permessage-deflate. The sink gets what compressed messages hold. */
  readonly deflate?: boolean;
  /** Loopback address to connect from; more than one, and ports do not run out. */
  readonly from: string;
  /** Size of the kernel's receive buffer is left alone; this is ours, shared by all sockets of the process. */
  readonly sink: FrameSink;
  /** The upgrade is done; called before anything is given to the sink. */
  readonly opened: (socket: LoadSocket) => void;
}

/** Read into by every socket of the process, one at a time: reading and taking apart are one step. */
const shared = Buffer.allocUnsafeSlow(262_144);
const inflate = createInflater();

/**
 * The client's side of a WebSocket, as little of it as a load generator needs: frame headers are read, payloads
 * passed on where they lie, nothing is copied or decoded. Resolves when the upgrade is done.
 */
export function openLoadSocket(options: LoadSocketOptions): Promise<LoadSocket> {
  return new Promise((resolve, reject) => {
    const reader = createFrameReader(options.sink, (bytes) => socket.write(bytes));
    let head = '';
    let isOpen = false;
    let isFrozen = false;
    const take = (count: number, bytes: Buffer): boolean => {
      if (isOpen) {
        reader.read(bytes, 0, count);
        return !isFrozen;
      }
      head += bytes.toString('latin1', 0, count);
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return true;
      if (!head.startsWith('HTTP/1.1 101')) {
        reject(new Error(`upgrade refused: ${head.slice(0, 200)}`));
        socket.destroy();
        return false;
      }
      isOpen = true;
      options.opened(handle);
      resolve(handle);
      const rest = Buffer.from(head.slice(end + 4), 'latin1');
      if (rest.byteLength > 0) reader.read(rest, 0, rest.byteLength);
      return true;
    };
    const socket: Socket = connect({
      host: '127.0.0.1',
      port: options.port,
      localAddress: options.from,
      noDelay: true,
      onread: { buffer: shared, callback: (count, bytes) => take(count, bytes as Buffer) },
    });
    socket.on('connect', () => socket.write(upgradeRequest(options)));
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error('closed during the upgrade'));
      options.sink.closed();
    });
    const handle: LoadSocket = {
      send: (payload, isBinary = false) =>
        void socket.write(maskedFrame(isBinary ? 2 : 1, Buffer.from(payload as string))),
      freeze() {
        isFrozen = true;
        socket.pause();
      },
      destroy: () => void socket.destroy(),
      bytesRead: () => socket.bytesRead,
    };
  });
}

const DEFLATE = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';

function upgradeRequest({ port, path, subprotocol, deflate }: LoadSocketOptions): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
    ...(deflate === true ? [`Sec-WebSocket-Extensions: ${DEFLATE}`] : []),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

let maskSeed = 0x1234_5678;

/** A frame from a client is masked (RFC 6455, 5.3). */
function maskedFrame(opcode: number, payload: Uint8Array): Buffer {
  const { byteLength } = payload;
  const headerBytes = byteLength < 126 ? 2 : 4;
  if (byteLength >= 65_536) throw new Error('no load client sends so much');
  const frame = Buffer.allocUnsafe(headerBytes + 4 + byteLength);
  frame[0] = 0x80 | opcode;
  if (headerBytes === 2) frame[1] = 0x80 | byteLength;
  else {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(byteLength, 2);
  }
  maskSeed = (Math.imul(maskSeed, 1_664_525) + 1_013_904_223) >>> 0;
  frame.writeUInt32BE(maskSeed, headerBytes);
  const start = headerBytes + 4;
  for (let index = 0; index < byteLength; index += 1)
    frame[start + index] = (payload[index] ?? 0) ^ (frame[headerBytes + (index & 3)] ?? 0);
  return frame;
}

interface FrameReader {
  read(bytes: Buffer, start: number, end: number): void;
}

function createFrameReader(sink: FrameSink, write: (bytes: Buffer) => void): FrameReader {
  /** A header that a read cut in two. */
  const partial = Buffer.allocUnsafe(16);
  let partialBytes = 0;
  let opcode = 0;
  let frameBytes = 0;
  let left = 0;
  let isCompressed = false;
  /** What has come of a compressed message that a read cut. */
  let pieces: Buffer[] = [];

  /** The header at `at`; returns its length, 0: it is not all there. */
  function header(bytes: Buffer, at: number, end: number): number {
    if (end - at < 2) return 0;
    const length = (bytes[at + 1] ?? 0) & 0x7f;
    const size = length < 126 ? 2 : length === 126 ? 4 : 10;
    if (end - at < size) return 0;
    opcode = (bytes[at] ?? 0) & 0x0f;
    isCompressed = ((bytes[at] ?? 0) & 0x40) !== 0;
    if (size === 2) frameBytes = length;
    else frameBytes = size === 4 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    left = frameBytes;
    return size;
  }

  function payload(bytes: Buffer, at: number, end: number): number {
    const upTo = Math.min(end, at + left);
    const isFirst = left === frameBytes;
    left -= upTo - at;
    if (isCompressed) compressed(bytes.subarray(at, upTo));
    else if (opcode === 1 || opcode === 2 || opcode === 0)
      sink.payload(bytes, at, upTo, isFirst, left === 0, frameBytes);
    else if (opcode === 9 && left === 0) write(maskedFrame(10, bytes.subarray(at, upTo)));
    else if (opcode === 8 && left === 0) sink.closing(bytes.toString('utf8', at + 2, upTo));
    return upTo;
  }

  function compressed(piece: Buffer): void {
    if (left > 0) {
      // The buffer is read into again.
      pieces.push(Buffer.from(piece));
      return;
    }
    const whole = pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]);
    pieces = [];
    const message = inflate(whole);
    sink.payload(message, 0, message.byteLength, true, true, message.byteLength);
  }

  function completePartial(bytes: Buffer, start: number, end: number): number {
    const had = partialBytes;
    const added = bytes.copy(partial, had, start, Math.min(end, start + partial.length - had));
    const size = header(partial, 0, had + added);
    if (size === 0) {
      partialBytes = had + added;
      return end;
    }
    partialBytes = 0;
    return start + size - had;
  }

  return {
    read(bytes, start, end) {
      let at = start;
      while (at < end || (left === 0 && at < end)) {
        if (left > 0) {
          at = payload(bytes, at, end);
          continue;
        }
        if (partialBytes > 0) at = completePartial(bytes, at, end);
        else {
          const size = header(bytes, at, end);
          if (size === 0) {
            partialBytes = bytes.copy(partial, 0, at, end);
            break;
          }
          at += size;
        }
        if (left === 0 && partialBytes === 0 && frameBytes === 0) continue;
        if (left > 0) at = payload(bytes, at, end);
      }
      sink.readDone();
    },
  };
}
