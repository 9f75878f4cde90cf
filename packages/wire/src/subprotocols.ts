/** Subprotocol names of the WebSocket endpoint `/ws`; none at all means the basic endpoint. */
export const SUBPROTOCOLS = ['ms5.v1.json', 'ms5.v1.msgpack', 'cloudevents.json'] as const;
export type Subprotocol = (typeof SUBPROTOCOLS)[number];

/** Names of the endpoints a server offers; `sse` is `GET /events`. */
export const ENDPOINTS = ['basic', 'sse', ...SUBPROTOCOLS] as const;
export type EndpointName = (typeof ENDPOINTS)[number];
