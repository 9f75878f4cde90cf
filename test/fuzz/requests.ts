import type { SeededRandom } from '@ms5/testkit';
import { hostileJson, mutateBytes, mutateValue, noise } from './mutate.ts';

/** Bodies as they should be, by address. */
const BODIES: Readonly<Record<string, unknown>> = {
  '/api/v1/observations': [
    { equipment: 'a/l1/e', at: 1_768_377_600_000, state: 'running', good: 1, key: 'k' },
  ],
  '/api/v1/publish': { topic: 'app/fuzz/http', kind: 'stream', data: { a: [1, 'b', null] }, key: 'k' },
  '/api/v1/login': { user: 'olivia', password: 'wrong' },
  '/api/v1/token': {},
  '/api/v1/tickets': {},
  '/api/v1/cookie': {},
  '/api/v1/commands': {
    command: 'raiseCall',
    data: { line: 'a/l1', callType: 'material', priority: 'high' },
  },
  '/api/v1/revocations': { userIds: ['nobody'] },
};
const ADDRESSES = [
  '/',
  '/events',
  '/events?topic=works/%23',
  '/events?topic=%',
  '/events?topic=a/%23/b&topic=&rate=NaN',
  '/events?ticket=0000',
  '/events?topic=works/%23&lastEventId=AAAA',
  '/ws',
  '/ws?topic=works/%23',
  '/metrics',
  '/healthz',
  '/api/v1/system/sessions?limit=-1&offset=1e9',
  '/api/v1/system/health/history?from=0&to=99999999999999&step=1',
  '/api/v1/plant',
  '/api/v1/equipment/..%2f..%2fetc%2fpasswd/timeline?from=x',
  '/../../../etc/passwd',
  '/%2e%2e/%2e%2e/package.json',
  '/assets/%00.js',
  `/${'a'.repeat(20_000)}`,
  '//',
  '/api/v1/observations?__proto__[x]=1',
  '*',
  'http://elsewhere.example/',
];
const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'get', 'G\u0001T'];
const HEADERS = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked, identity',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 3\r\nContent-Length: 4',
  'Content-Encoding: gzip',
  'Expect: 100-continue',
  'Host: a\r\nHost: b',
  'Upgrade: h2c',
  'Last-Event-ID: %%%',
  'Last-Event-ID: eyJhIjoxfQ',
  'Cookie: ms5_events=x; ms5_events=y; __proto__=z',
  'Authorization: Basic Zm9vOmJhcg==',
  'Authorization: Bearer',
  'Authorization: Bearer a.b.c',
  'Authorization: Bearer eyJhbGciOiJub25lIn0.e30.',
  'Origin: null',
  'Origin: https://evil.example',
  'X-Forwarded-For: 1.2.3.4, ' + '9.9.9.9,'.repeat(200),
  'Idempotency-Key: "' + 'k'.repeat(5_000) + '"',
  'Range: bytes=0-0,-1',
  'No-Colon',
  ': empty',
  'Bad\u0000Header: x',
  'Folded: a\r\n b',
  'Connection: keep-alive, Upgrade, __proto__',
  'X-Long: ' + 'x'.repeat(40_000),
];
const UPGRADES = [
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ,,,',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ms5.v9.json',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99; x="',
];

/** One HTTP request: a right one with a wrong body, or wrong from its first line on. */
export function nextRequest(random: SeededRandom, token: string): Buffer {
  const request = random.chance(0.6) ? withBody(random, token) : withoutBody(random, token);
  return random.chance(0.1) ? mutateBytes(random, request) : request;
}

function withBody(random: SeededRandom, token: string): Buffer {
  const address = random.pick(Object.keys(BODIES));
  const value = random.chance(0.2) ? BODIES[address] : mutateValue(random, BODIES[address]);
  const text = Buffer.from(hostileJson(random, value));
  const body = random.chance(0.1) ? mutateBytes(random, text) : text;
  const type = random.chance(0.9) ? 'application/json' : random.pick(['text/plain', 'a/b;;=', '']);
  const head = [
    `POST ${address} HTTP/1.1`,
    'Host: fuzz',
    `Content-Type: ${type}`,
    ...(random.chance(0.8) ? [`Authorization: Bearer ${token}`] : []),
    ...(random.chance(0.1) ? [random.pick(HEADERS)] : []),
    `Content-Length: ${random.chance(0.95) ? body.length : random.int(0, 2_000)}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

function withoutBody(random: SeededRandom, token: string): Buffer {
  const method = random.chance(0.6) ? 'GET' : random.pick(METHODS);
  const version = random.chance(0.95)
    ? 'HTTP/1.1'
    : random.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'FTP', '']);
  const head = [
    `${method} ${random.pick(ADDRESSES)} ${version}`,
    ...(random.chance(0.95) ? ['Host: fuzz'] : []),
    ...(random.chance(0.6) ? [`Authorization: Bearer ${token}`] : []),
    ...(random.chance(0.5) ? [random.pick(HEADERS)] : []),
    ...(random.chance(0.2) ? [random.pick(UPGRADES)] : []),
  ];
  const tail = random.chance(0.1) ? noise(random, random.int(1, 100)) : Buffer.alloc(0);
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), tail]);
}
