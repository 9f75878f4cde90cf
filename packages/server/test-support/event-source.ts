import { get, type IncomingMessage } from 'node:http';
import { until } from '../../../test/support/until.ts';

export interface StreamEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** As `EventSource.lastEventId`: the newest id so far. */
  readonly id: string;
}

/** A stream of Server-Sent Events read by hand, as the HTML standard (9.2.6) says. */
export interface EventReader {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly events: readonly StreamEvent[];
  readonly comments: () => number;
  readonly retries: readonly number[];
  /** The body, where the answer is no stream. */
  readonly body: () => string;
  readonly next: (what: string, matches: (event: StreamEvent) => boolean) => Promise<StreamEvent>;
  readonly named: (name: string) => readonly StreamEvent[];
  readonly pause: () => void;
  readonly resume: () => void;
  readonly ended: Promise<void>;
  readonly close: () => void;
}

export async function openEvents(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventReader> {
  const request = get(url, { headers, agent: false });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
  });
  const events: StreamEvent[] = [];
  const retries: number[] = [];
  let body = '';
  let rest = '';
  let comments = 0;
  let id = '';
  const take = (block: string): void => {
    let name = 'message';
    let data = '';
    for (const line of block.split('\n')) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (field === '') comments += 1;
      else if (field === 'event') name = value;
      else if (field === 'data') data += value;
      else if (field === 'id') id = value;
      else if (field === 'retry') retries.push(Number(value));
    }
    if (data !== '') events.push({ name, data: JSON.parse(data) as StreamEvent['data'], id });
  };
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    if (response.headers['content-type']?.startsWith('text/event-stream') !== true) {
      body += chunk;
      return;
    }
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) take(block);
  });
  response.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    response.on('close', () => resolve());
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    comments: () => comments,
    retries,
    body: () => body,
    next: (what, matches) => until(what, () => events.find(matches)),
    named: (name) => events.filter((event) => event.name === name),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    ended,
    close: () => void request.destroy(),
  };
}
