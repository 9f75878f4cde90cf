import { createByteWriter } from '../delivery/byte-writer.ts';
import { createJsonEncoding } from '../delivery/encoding-json.ts';
import type { DataEncoding } from '../delivery/encoding.ts';

const encoder = new TextEncoder();
const END = encoder.encode('\n\n');

/** Puts one JSON text into an event of a stream of Server-Sent Events. JSON has no line breaks of its own here. */
export function eventFrame(name: string, json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`;
}

/**
 * The messages of `ms5.v1.json` about topics, each as a server-sent event named by its type (PROTOCOL.md, section Y).
 * They stay single, because whoever writes them adds an id to the marks among them.
 */
export function createSseEncoding(): DataEncoding {
  const json = createJsonEncoding();
  const writer = createByteWriter();

  function frames(name: string, messages: readonly Uint8Array[]): readonly Uint8Array[] {
    return messages.map((message) => {
      writer.text(`event: ${name}\ndata: `);
      writer.bytes(message);
      writer.bytes(END);
      return writer.take();
    });
  }

  return {
    id: 'sse',
    snapshotPart: (topic, part) => frames('snapshot', json.snapshotPart(topic, part)),
    delta: (topic, delta) => frames('delta', json.delta(topic, delta)),
    entries: (topic, range) => frames('entries', json.entries(topic, range)),
    signal: (topic) => frames('signal', json.signal(topic)),
    gone: (topic, reason) => frames('gone', json.gone(topic, reason)),
    mark: (log, lane, offset) => frames('mark', json.mark(log, lane, offset)),
    join: (messages) => messages,
  };
}
