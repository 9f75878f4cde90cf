import { createBasicEndpoint } from './basic.ts';
import type { Endpoint } from './endpoint.ts';
import { createEnhancedJsonEndpoint } from './enhanced-json.ts';

/** The endpoints of one hub, by name. */
export function createEndpoints(): ReadonlyMap<string, Endpoint> {
  const endpoints = [createEnhancedJsonEndpoint(), createBasicEndpoint()];
  return new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
}
