import { CLOUD_EVENT_PREFIX, CLOUD_EVENTS_VERSION, parseCloudEvent, type CloudEvent } from '@ms5/wire';
import { toBasicMessage, toRequest } from './basic.ts';
import { createCloudEventsEncoding } from './encoding-cloudevents.ts';
import type { Endpoint } from './endpoint.ts';

const encoder = new TextEncoder();

/**
 * `cloudevents.json`, the WebSocket binding of CloudEvents: one event in the JSON format per message. What is asked
 * and answered are the messages of the basic endpoint, as data.
 */
export function createCloudEventsEndpoint(instance: string): Endpoint {
  const encoding = createCloudEventsEncoding(instance);
  const source = `/gateways/${encodeURIComponent(instance)}`;
  let answers = 0;
  return {
    name: 'cloudevents.json',
    capabilities: { needsConnect: false, pacing: 'pong' },
    parse(text) {
      const parsed = parseCloudEvent(text);
      return parsed.ok ? { ok: true, request: toRequest(parsed.message) } : parsed;
    },
    encode(reply) {
      const message = toBasicMessage(reply);
      if (message === null) return null;
      answers += 1;
      const { type, ...data } = message;
      const event: CloudEvent = {
        specversion: CLOUD_EVENTS_VERSION,
        id: String(answers),
        source,
        type: `${CLOUD_EVENT_PREFIX}${type}`,
        datacontenttype: 'application/json',
        data,
      };
      return encoder.encode(JSON.stringify(event));
    },
    encodings: { single: encoding, batch: encoding },
  };
}
