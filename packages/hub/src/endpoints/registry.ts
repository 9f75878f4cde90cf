import { createBasicEndpoint } from './basic.ts';
import { createCloudEventsEndpoint } from './cloudevents.ts';
import type { Endpoint } from './endpoint.ts';
import { createEnhancedJsonEndpoint } from './enhanced-json.ts';
import { createEnhancedPackedEndpoint } from './enhanced-packed.ts';
import type { TopicNumbers } from '../topics/topic-numbers.ts';
import { createSseEndpoint } from './sse.ts';

/** The endpoints of one hub, by name. `instance`: the hub's own id. */
export function createEndpoints(instance: string, numbers: TopicNumbers): ReadonlyMap<string, Endpoint> {
  const endpoints = [
    createEnhancedJsonEndpoint(),
    createEnhancedPackedEndpoint(numbers),
    createBasicEndpoint(),
    createCloudEventsEndpoint(instance),
    createSseEndpoint(),
  ];
  return new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
}
