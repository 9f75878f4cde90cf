import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ObservationInput } from '@ms5/wire/factory';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/system-clock.ts';
import type { PlannedAct } from '../plant/people.ts';
import { createRandom } from '../random/random.ts';
import { createActSender, type ActEvent } from './act-sender.ts';
import { createApi } from './api.ts';
import { createObservationSender, type DeliveryEvent } from './observation-sender.ts';
import { createTokens, isHalfOver } from './tokens.ts';

type Handler = (
  path: string,
  body: unknown,
  token: string,
) => { readonly status: number; readonly body: unknown; readonly cut?: true };
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || 'null');
}

/** A server that answers as told. `cut`: it does the work and the connection breaks before the answer. */
async function serve(
  handler: Handler,
  port = 0,
): Promise<{ url: string; port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void (async () => {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      const answer = handler(request.url ?? '', await readBody(request), token);
      if (answer.cut === true) response.destroy();
      else
        response
          .writeHead(answer.status, { 'content-type': 'application/json' })
          .end(JSON.stringify(answer.body));
    })();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  const close = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  open.push(close);
  return { url: `http://127.0.0.1:${bound}`, port: bound, close };
}

/** Waits are a hundred times shorter than they would be. */
const clock = { ...systemClock, after: (ms: number, task: () => void) => systemClock.after(ms / 100, task) };
const said = (count: number): ObservationInput[] =>
  Array.from({ length: count }, (_, index) => ({ equipment: 'a/l/e', at: index, key: `k${index}`, good: 1 }));
const accepted = (body: unknown) => ({
  status: 207,
  body: { results: (body as unknown[]).map((_, index) => ({ index, status: 'accepted' })) },
});

function connect(url: string, capacity?: number) {
  const ending = new AbortController();
  const events: (DeliveryEvent | ActEvent)[] = [];
  const tokens = createTokens();
  tokens.put({ device: 'good', anna: 'good-anna' });
  const common = {
    api: createApi(url, clock),
    tokens,
    clock,
    random: createRandom('test'),
    signal: ending.signal,
    onEvent: (event: DeliveryEvent | ActEvent) => events.push(event),
  };
  const observations = createObservationSender({
    ...common,
    user: 'device',
    ...(capacity === undefined ? {} : { capacity }),
  });
  const acts = createActSender({ ...common, fallbackUser: 'anna', run: 'r1' });
  open.push(async () => {
    ending.abort();
    await Promise.all([observations.ended, acts.ended]);
  });
  return { observations, acts, events, tokens };
}
async function until(done: () => boolean): Promise<void> {
  while (!done()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
  }
}

describe('observations', () => {
  it('arrive in order, with the token, in requests of at most a thousand', async () => {
    const sizes: number[] = [];
    const keys: unknown[] = [];
    const { url } = await serve((path, body, token) => {
      expect([path, token]).toEqual(['/api/v1/observations', 'good']);
      sizes.push((body as unknown[]).length);
      keys.push(...(body as { key: string }[]).map(({ key }) => key));
      return accepted(body);
    });
    const { observations } = connect(url);
    observations.offer(said(2_500));
    await observations.delivered();
    expect(sizes).toEqual([1000, 1000, 500]);
    expect(keys).toEqual(said(2_500).map(({ key }) => key));
  });

  it('are sent again under the same keys when the connection breaks or the server is busy', async () => {
    const seen: string[][] = [];
    const { url } = await serve((_path, body) => {
      seen.push((body as { key: string }[]).map(({ key }) => key));
      if (seen.length === 1) return { status: 207, body: {}, cut: true };
      if (seen.length === 2) {
        return { status: 503, body: { error: { code: 'busy', message: 'later', retryAfterMs: 50 } } };
      }
      return accepted(body);
    });
    const { observations, events } = connect(url);
    observations.offer(said(3));
    await observations.delivered();
    expect(seen).toEqual([
      ['k0', 'k1', 'k2'],
      ['k0', 'k1', 'k2'],
      ['k0', 'k1', 'k2'],
    ]);
    expect(events.map(({ type }) => type)).toEqual(['waiting', 'resumed']);
  });

  it('wait while the server is away and go on when it is back', async () => {
    const first = await serve((_path, body) => accepted(body));
    const { observations, events } = connect(first.url);
    observations.offer(said(1));
    await observations.delivered();
    await first.close();
    observations.offer(said(5));
    await until(() => events.some(({ type }) => type === 'waiting'));
    let received = 0;
    await serve((_path, body) => {
      received += (body as unknown[]).length;
      return accepted(body);
    }, first.port);
    await observations.delivered();
    expect(received).toBe(5);
  });

  it('that no longer fit are dropped, oldest first, and counted', async () => {
    let away = true;
    const { url } = await serve((_path, body) => (away ? { status: 503, body: {} } : accepted(body)));
    const { observations, events } = connect(url, 1_200);
    observations.offer(said(1_200));
    await until(() => events.length > 0);
    observations.offer(said(300));
    away = false;
    await observations.delivered();
    expect(events).toContainEqual({ type: 'dropped', count: 420, fromMs: 0, toMs: 1_199 });
  });

  it('that are rejected are told once and not sent again', async () => {
    const { url } = await serve(() => ({
      status: 207,
      body: {
        results: [
          { index: 0, status: 'accepted' },
          { index: 1, status: 'rejected', path: 'equipment', message: 'unknown' },
        ],
      },
    }));
    const { observations, events } = connect(url);
    observations.offer(said(2));
    await observations.delivered();
    expect(events).toEqual([{ type: 'rejected', count: 1, message: 'equipment: unknown' }]);
  });

  it('are halved when the whole is refused, until the bad one is found', async () => {
    const taken: string[] = [];
    const { url } = await serve((_path, body) => {
      const keys = (body as { key: string }[]).map(({ key }) => key);
      if (keys.includes('k5'))
        return { status: 413, body: { error: { code: 'tooLarge', message: 'too large' } } };
      taken.push(...keys);
      return accepted(body);
    });
    const { observations, events } = connect(url);
    observations.offer(said(8));
    await observations.delivered();
    expect(taken).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k6', 'k7']);
    expect(events).toEqual([{ type: 'rejected', count: 1, message: 'tooLarge: too large' }]);
  });

  it('wait for a fresh token when theirs is refused', async () => {
    const { url } = await serve((_path, body, token) =>
      token === 'fresh'
        ? accepted(body)
        : { status: 401, body: { error: { code: 'tokenExpired', message: 'x' } } },
    );
    const { observations, events, tokens } = connect(url);
    observations.offer(said(1));
    await until(() => events.length > 0);
    tokens.put({ device: 'fresh' });
    await observations.delivered();
    expect(events.map(({ type }) => type)).toEqual(['waiting', 'resumed']);
  });
});

describe('what people do', () => {
  const raise: PlannedAct = {
    atMs: 5,
    by: 'anna',
    act: {
      command: 'raiseCall',
      call: 'c1',
      data: { line: 'a/l', callType: 'quality', priority: 'low', raisedAt: 5 },
    },
  };
  const answer = (command: 'acknowledgeCall' | 'resolveCall'): PlannedAct => ({
    atMs: 6,
    by: 'lucia',
    act: { command, call: 'c1' },
  });

  it('reaches the server one by one, names the call by its id, and repeats under the same key', async () => {
    const seen: unknown[] = [];
    const { url } = await serve((_path, body) => {
      seen.push(body);
      if (seen.length === 1) return { status: 200, body: {}, cut: true };
      return { status: 200, body: { status: 'applied', data: { callId: 'server-7' } } };
    });
    const { acts, events } = connect(url);
    acts.offer([raise, answer('acknowledgeCall'), answer('resolveCall')]);
    await until(() => events.length === 3);
    const key = (counter: number) => ({ clientId: 'virtual-plant:anna:r1', counter });
    expect(seen).toEqual([
      {
        command: 'raiseCall',
        data: raise.act.command === 'raiseCall' && raise.act.data,
        key: key(1),
        deadline: 600_005,
      },
      {
        command: 'raiseCall',
        data: raise.act.command === 'raiseCall' && raise.act.data,
        key: key(1),
        deadline: 600_005,
      },
      { command: 'acknowledgeCall', data: { callId: 'server-7' }, key: key(2) },
      { command: 'resolveCall', data: { callId: 'server-7' }, key: key(3) },
    ]);
  });

  it('is left out where it concerns a call that the server did not take', async () => {
    const commands: unknown[] = [];
    const { url } = await serve((_path, body) => {
      commands.push((body as { command: string }).command);
      return { status: 200, body: { status: 'conflict', message: 'one is open' } };
    });
    const { acts, events } = connect(url);
    acts.offer([raise, answer('acknowledgeCall'), raise]);
    await until(() => events.length === 2);
    expect(commands).toEqual(['raiseCall', 'raiseCall']);
    expect(events[0]).toMatchObject({ type: 'outcome', status: 'conflict', message: 'one is open' });
  });
});

describe('tokens', () => {
  const jwt = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;

  it('are due for renewal at half of their life', () => {
    expect(isHalfOver(jwt({ iat: 0, exp: 100 }), 49_999)).toBe(false);
    expect(isHalfOver(jwt({ iat: 0, exp: 100 }), 50_000)).toBe(true);
    expect(isHalfOver('garbage', 0)).toBe(false);
    expect(isHalfOver(jwt({ sub: 'x' }), 0)).toBe(false);
  });

  it('are renewed by the server', async () => {
    const ending = new AbortController();
    const old = jwt({ iat: 0, exp: 10 });
    const { url } = await serve((path, _body, token) => {
      expect([path, token]).toEqual(['/api/v1/token', old]);
      return { status: 200, body: { token: 'fresh' } };
    });
    const tokens = createTokens();
    tokens.put({ anna: old, karl: 'no jwt' });
    const ended = tokens.keepFresh(createApi(url, clock), clock, ending.signal);
    await tokens.other('anna', old, ending.signal);
    expect([tokens.of('anna'), tokens.of('karl')]).toEqual(['fresh', 'no jwt']);
    ending.abort();
    await ended;
  });
});
