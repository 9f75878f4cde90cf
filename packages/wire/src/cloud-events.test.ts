import { describe, expect, test } from 'vitest';
import { parseCloudEvent } from './cloud-events.ts';

const event = (fields: object): string =>
  JSON.stringify({ specversion: '1.0', id: '1', source: '/scada', type: 'ms5.ping', ...fields });

describe('a CloudEvent of a client', () => {
  test.each([
    [{}, { type: 'ping' }],
    [{ data: null }, { type: 'ping' }],
    [
      { data: { id: 4 }, datacontenttype: 'application/json; charset=utf-8' },
      { type: 'ping', id: 4 },
    ],
    [
      { type: 'ms5.auth', data: { token: 't' } },
      { type: 'auth', token: 't' },
    ],
    [
      { type: 'ms5.subscribe', data: { topics: ['a/#'], id: 1 }, subject: null, extension: true },
      { type: 'subscribe', topics: ['a/#'], batch: false, id: 1 },
    ],
    [
      { type: 'com.example.filled', subject: 'app/tank', data: { level: 3 } },
      { type: 'publish', topic: 'app/tank', data: { level: 3 }, key: '/scada 1' },
    ],
    [
      { type: 'x', subject: 'app/t', data: 1, ms5kind: 'signal', ms5lane: 'low', ms5id: 9 },
      { type: 'publish', topic: 'app/t', data: 1, key: '/scada 1', kind: 'signal', lane: 'low', id: 9 },
    ],
  ])('%j is understood', (fields, message) => {
    expect(parseCloudEvent(event(fields))).toEqual({ ok: true, message });
  });

  test.each([
    [{ specversion: '0.3' }, 'specversion'],
    [{ id: '' }, 'id'],
    [{ source: 5 }, 'source'],
    [{ type: undefined }, 'type'],
    [{ type: 'ms5.dance' }, 'data.type'],
    [{ type: 'ms5.subscribe', data: { topics: 'a' } }, 'data.topics'],
    [{ type: 'ms5.subscribe', data: [] }, 'data'],
    [{ datacontenttype: 'application/xml' }, 'datacontenttype'],
    [{ data_base64: 'AAAA' }, 'data_base64'],
    [{ type: 'com.example.filled' }, 'subject'],
    [{ type: 'x', subject: 'app/t', id: 'i'.repeat(128) }, 'source and id together'],
    [{ type: 'x', subject: 'app/t', ms5kind: 'heap' }, 'kind'],
  ])('%j is refused at %s', (fields, path) => {
    const parsed = parseCloudEvent(event(fields));
    expect(parsed.ok ? null : parsed.error.path).toBe(path);
  });

  test('text that is no CloudEvent is refused', () => {
    for (const text of ['', '[]', '1', 'null', '{}']) expect(parseCloudEvent(text).ok).toBe(false);
  });
});
