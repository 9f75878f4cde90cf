import { systemClock, systemRandom } from '../../gateway/system-clock.ts';
import { definePlugin } from '../plugin.ts';
import { parseWebhookConfig, type WebhookEndpoint } from './config.ts';
import { startSender, type Sender } from './sender.ts';
import { openWebhookStore } from './store.ts';

/** Sends events of the log and publications to HTTP endpoints: signed, in order, at least once. */
export default definePlugin<readonly WebhookEndpoint[]>({
  name: 'webhook',
  hooks: {},
  parseConfig: parseWebhookConfig,
  async setup(context) {
    const store = openWebhookStore(context.directory);
    const senders: Sender[] = [];
    for (const endpoint of context.config) {
      senders.push(await startSender({ endpoint, context, store, clock: systemClock, random: systemRandom }));
    }
    context.onHead(() => {
      for (const sender of senders) sender.wake();
    });
    const waiting = store.countDeadLetters();
    if (waiting > 0) context.log.warn('there are dead letters', { count: waiting });
    return async () => {
      await Promise.all(senders.map((sender) => sender.close()));
      store.close();
    };
  },
});
