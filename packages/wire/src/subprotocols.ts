/** Subprotocol names of the WebSocket endpoint `/ws`; none at all means the basic endpoint. */
export const SUBPROTOCOLS = ['ms5.v1.json'] as const;
export type Subprotocol = (typeof SUBPROTOCOLS)[number];

/** Names of the endpoints a server offers. */
export const ENDPOINTS = ['basic', ...SUBPROTOCOLS] as const;
export type EndpointName = (typeof ENDPOINTS)[number];
