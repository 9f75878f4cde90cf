import type { ServerResponse } from 'node:http';
import type { Clock, Connection, Transport } from '@ms5/hub';
import { CLOSE_CODES, findCloseCode, type ErrorMessage } from '@ms5/wire';
import type { EventIds } from './event-ids.ts';
import { whenGone } from './when-gone.ts';

export interface EventStreamOptions {
  /** Its head was written. */
  readonly response: ServerResponse;
  readonly remoteAddress: string;
  readonly clock: Clock;
  /** What the stream carries when the client takes more. */
  readonly bytesPerSecond: number;
  /** A comment is sent when nothing else was for so long. */
  readonly heartbeatMs: number;
  /** From the end of the stream to the end of the socket, for who does not read. */
  readonly closeTimeoutMs: number;
  readonly ids: EventIds;
  /** What the client waits before it comes back, unless it is told otherwise. */
  readonly retryMs: number;
}

export interface EventStream {
  readonly transport: Transport;
  /** Names the hub's end, and calls `subscribe` once the session is welcome. */
  attach(connection: Connection, subscribe: () => void): void;
}

/** A problem, with the time to come back before it or not. */
const PROBLEM = /^(?:retry: \d+\n)?event: problem\ndata: /;
const PROBLEM_HEAD_BYTES = 64;

/** The end of a stream whose one request failed; nothing: the message tells nothing of the kind. */
function refusalIn(message: Uint8Array): readonly { readonly code: number; readonly message: string }[] {
  const text = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const [head] = PROBLEM.exec(text.toString('latin1', 0, PROBLEM_HEAD_BYTES)) ?? [];
  if (head === undefined) return [];
  const problem = JSON.parse(text.toString('utf8', head.length)) as ErrorMessage;
  if (problem.id === undefined) return [];
  const { code } = problem.temporary ? CLOSE_CODES.overloaded : CLOSE_CODES.protocolError;
  return [{ code, message: problem.message }];
}

/**
 * One HTTP response as the hub writes to it. Nothing comes back on it, so what the hub asks with a Ping is answered
 * when all that was written has left this process and its share of time has passed; the hub's window is what may wait
 * here until then.
 */
export function createEventStream(options: EventStreamOptions): EventStream {
  const { response, clock, ids } = options;
  let connection: Connection | null = null;
  let subscribe: (() => void) | null = null;
  /** Writes that have not left. */
  let unflushed = 0;
  /** Until when what was written takes at the pace. */
  let paidUntil = 0;
  let lastWriteAt = clock.now();
  let isPongAwaited = false;
  let isOver = false;
  let cancelPong = (): void => {};
  let cancelHeartbeat = clock.after(options.heartbeatMs, beat);
  let cancelEnd = (): void => {};

  function writeNow(chunk: Uint8Array | string): void {
    const now = clock.now();
    unflushed += 1;
    lastWriteAt = now;
    paidUntil = Math.max(paidUntil, now) + (chunk.length * 1_000) / options.bytesPerSecond;
    response.write(chunk, () => {
      unflushed -= 1;
      answerPing();
    });
  }

  function answerPing(): void {
    if (!isPongAwaited || unflushed > 0 || isOver) return;
    cancelPong();
    cancelPong = clock.after(Math.max(0, paidUntil - clock.now()), () => {
      isPongAwaited = false;
      connection?.ponged();
    });
  }

  function beat(): void {
    const idleMs = clock.now() - lastWriteAt;
    if (idleMs >= options.heartbeatMs && unflushed === 0) writeNow(':\n\n');
    cancelHeartbeat = clock.after(Math.max(1_000, options.heartbeatMs - idleMs), beat);
  }

  function end(): void {
    isOver = true;
    cancelHeartbeat();
    cancelPong();
  }

  function close(code: number, reason: string): void {
    if (isOver) return;
    const { name = 'closed', reconnect = true } = findCloseCode(code) ?? {};
    const closed = { type: 'closed', code, name, reconnect, message: reason };
    end();
    response.end(`event: closed\ndata: ${JSON.stringify(closed)}\n\n`);
    cancelEnd = clock.after(options.closeTimeoutMs, () => {
      response.destroy();
    });
  }

  whenGone(response, () => {
    end();
    cancelEnd();
    connection?.closed(1006);
  });
  response.on('error', () => undefined);
  writeNow(`retry: ${options.retryMs}\n\n`);

  return {
    transport: {
      remoteAddress: options.remoteAddress,
      write(messages) {
        if (isOver || messages.length === 0) return;
        writeNow(Buffer.concat(messages.map((message) => ids.stamp(message))));
        // The first word to a session is its welcome; to one that is refused, nothing asked for matters.
        if (subscribe !== null) clock.soon(subscribe);
        subscribe = null;
        const [refusal] = messages.flatMap(refusalIn);
        if (refusal !== undefined) close(refusal.code, refusal.message);
      },
      ping() {
        isPongAwaited = true;
        answerPing();
      },
      close,
    },
    attach(hubConnection, onWelcome) {
      connection = hubConnection;
      subscribe = onWelcome;
    },
  };
}
