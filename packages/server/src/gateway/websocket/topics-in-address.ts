import type { Transport } from '@ms5/hub';
import { CLOUD_EVENTS_VERSION, type EndpointName } from '@ms5/wire';
import { refuseTokenIn, topicsOf, type Query } from '../http/event-request.ts';
import { HttpProblem } from '../http/problem.ts';

/** The `subscribe` of an endpoint that takes topics in the address, for clients that only listen. */
const SUBSCRIBES: { readonly [Name in EndpointName]?: (topics: readonly string[]) => object } = {
  basic: (topics) => ({ type: 'subscribe', topics }),
  'cloudevents.json': (topics) => ({
    specversion: CLOUD_EVENTS_VERSION,
    id: 'address',
    source: '/ws',
    type: 'ms5.subscribe',
    data: { topics },
  }),
};

function queryOf(parameters: URLSearchParams): Query {
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]));
}

/**
 * The message that `/ws?topic=…&topic=…` stands for; `null`: the address names no topics. `hasToken`: whether the
 * upgrade carries one, without which nothing could be asked before the first message.
 */
export function subscribeInAddress(
  parameters: URLSearchParams,
  endpoint: EndpointName,
  hasToken: boolean,
): string | null {
  const query = queryOf(parameters);
  refuseTokenIn(query);
  const topics = topicsOf(query);
  if (topics.length === 0) return null;
  const subscribe = SUBSCRIBES[endpoint];
  const refuse = (message: string): HttpProblem =>
    new HttpProblem('invalidQuery', { path: 'topic', message });
  if (subscribe === undefined) throw refuse(`The endpoint ${endpoint} takes no topics in the address.`);
  if (!hasToken) throw refuse('Topics in the address need the token in the header Authorization.');
  return JSON.stringify(subscribe(topics));
}

/** Calls `then` when the hub has said its first word, which to a session is its welcome. */
export function afterFirstWrite(transport: Transport, then: () => void): Transport {
  let isFirst = true;
  return {
    remoteAddress: transport.remoteAddress,
    ping() {
      transport.ping();
    },
    close(code, reason) {
      transport.close(code, reason);
    },
    write(messages) {
      transport.write(messages);
      if (isFirst) setImmediate(then);
      isFirst = false;
    },
  };
}
