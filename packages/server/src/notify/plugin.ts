import { loadPlant, PlantConfigError } from '../config/index.ts';
import { systemClock, systemRandom } from '../gateway/system-clock.ts';
import { definePlugin } from '../plugins/plugin.ts';
import { parseNotifyConfig, type NotifyConfig } from './config.ts';
import { createMailer } from './mailer.ts';
import { emailMeans, webhookMeans } from './means.ts';
import { startNotifier } from './notifier.ts';
import { openNotifyStore } from './store.ts';

/** Tells people by e-mail and webhook what escalations ask for; screens have the topic `user/{id}/inbox`. */
export default definePlugin<NotifyConfig>({
  name: 'notify',
  hooks: {},
  parseConfig: parseNotifyConfig,
  async setup(context) {
    const { config } = context;
    const loaded = await loadPlant(config.plant);
    if (!loaded.ok) throw new PlantConfigError(loaded.problems);
    const store = openNotifyStore(context.directory);
    const mailer = config.email === undefined ? undefined : createMailer(config.email);
    const closing = new AbortController();
    const notifier = await startNotifier({
      context,
      store,
      means: new Map([
        ['email', emailMeans(loaded.plant, mailer)],
        ['webhook', webhookMeans(loaded.plant, config.webhook, systemClock, closing.signal)],
      ]),
      retry: config,
      clock: systemClock,
      random: systemRandom,
    });
    context.onHead(() => notifier.wake());
    const waiting = store.deadLetters().length;
    if (waiting > 0) context.log.warn('there are dead letters', { count: waiting });
    return async () => {
      closing.abort();
      mailer?.close();
      await notifier.close();
      store.close();
    };
  },
});
