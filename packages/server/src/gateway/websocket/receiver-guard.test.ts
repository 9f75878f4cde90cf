import type { IncomingMessage } from 'node:http';
import { duplexPair } from 'node:stream';
import { constants, deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { stopAtFirstError } from './receiver-guard.ts';

const REQUEST = {
  method: 'GET',
  headers: {
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-extensions': 'permessage-deflate',
  },
} as unknown as IncomingMessage;

/** A text frame of less than 126 bytes, masked with zeros. */
function frame(payload: Uint8Array, isCompressed = false): Buffer {
  const head = [isCompressed ? 0xc1 : 0x81, 0x80 | payload.byteLength, 0, 0, 0, 0];
  return Buffer.concat([Buffer.from(head), payload]);
}

const hello = deflateRawSync('hello', { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
const noText = Buffer.from([0xc3, 0x28]);

// Without the guard `ws` throws from a callback of its own, which ends the process.
test('X4: what waits behind a broken frame that came behind a compressed one is not parsed', async () => {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  const [client, socket] = duplexPair();
  const opened = new Promise<WebSocket>((resolve) => {
    server.handleUpgrade(REQUEST, socket, Buffer.alloc(0), resolve);
  });
  const webSocket = await opened;
  stopAtFirstError(webSocket);
  const messages: string[] = [];
  webSocket.on('message', (data: Buffer) => messages.push(data.toString()));
  const failed = new Promise<Error>((resolve) => {
    webSocket.on('error', resolve);
  });
  // Each is read on its own, the last two while the first is being inflated.
  for (const part of [frame(hello, true), frame(noText), Buffer.from('12345678')]) client.write(part);
  expect(await failed).toMatchObject({ code: 'WS_ERR_INVALID_UTF8' });
  expect(messages).toEqual(['hello']);
  webSocket.terminate();
});
