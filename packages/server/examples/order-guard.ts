import { definePlugin, refuse } from '@ms5/server/plugin';

let publisher = '';

/** Lets only one user publish orders, and prints what happens on the lines. */
export default definePlugin<{ readonly publisher: string }>({
  name: 'order-guard',
  // Without it nobody may publish orders: better none than wrong ones.
  onFailure: 'refuse',
  limits: { beforeMs: 1_000 },
  events: ['+/+/+/events'],

  parseConfig(raw) {
    if (typeof raw === 'object' && raw !== null && 'publisher' in raw && typeof raw.publisher === 'string') {
      return { publisher: raw.publisher };
    }
    throw new Error('publisher: expected the id of the user who may publish orders');
  },

  async setup({ config, publish, log }) {
    publisher = config.publisher;
    const result = await publish('app/order-guard/status', { publisher }, { kind: 'record' });
    log.info('guarding orders', { publisher, result: result.status });
  },

  hooks: {
    beforePublish({ identity, publication }) {
      if (!publication.topic.startsWith('app/orders/') || identity.userId === publisher) return undefined;
      return refuse(`only ${publisher} publishes orders`);
    },
    afterEvent({ topic, offset, missed }) {
      process.stdout.write(`news on ${topic} at ${offset}${missed > 0 ? `, ${missed} missed` : ''}\n`);
    },
  },
});
