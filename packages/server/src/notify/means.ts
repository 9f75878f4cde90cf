import type { Clock } from '@ms5/hub';
import type { Plant } from '../config/index.ts';
import { attempt } from '../plugins/webhook/attempt.ts';
import type { NotifyWebhook } from './config.ts';
import { MAIL_CONNECTIONS, type Mailer } from './mailer.ts';
import type { Letter } from './notification.ts';
import type { Means } from './notifier.ts';
import { textOf, type Text } from './texts.ts';

const REQUESTS_AT_ONCE = 16;

/** E-mail to the address of the plant file; without one, or without a mail server, a letter is dead at once. */
export function emailMeans(plant: Plant, mailer: Mailer | undefined): Means {
  const addresses = new Map(plant.users.map(({ id, email }) => [id, email]));
  return {
    atOnce: MAIL_CONNECTIONS,
    send: async (letter) => {
      const to = addresses.get(letter.person);
      if (mailer === undefined) return { result: 'refused', reason: 'no mail server is configured' };
      if (to === undefined) return { result: 'refused', reason: 'the plant file has no address' };
      const { subject, body } = letterText(plant, letter);
      return mailer.send({ id: letter.id, to, subject, text: body });
    },
  };
}

/** One endpoint for everybody: it knows how to reach them (a gateway to text messages, a chat, a pager). */
export function webhookMeans(
  plant: Plant,
  endpoint: NotifyWebhook | undefined,
  clock: Clock,
  closing: AbortSignal,
): Means {
  return {
    atOnce: REQUESTS_AT_ONCE,
    send: async (letter) => {
      if (endpoint === undefined) return { result: 'refused', reason: 'no endpoint is configured' };
      const { id, person, notification, since } = letter;
      const { subject, body: text } = letterText(plant, letter);
      const { at, key, items } = notification;
      const site = plant.config.site.id;
      const body = JSON.stringify({ id, site, person, at, key, subject, text, items, since });
      return attempt(endpoint, { id, body }, clock, closing);
    },
  };
}

function letterText(plant: Plant, letter: Letter): Text {
  const language = plant.users.find(({ id }) => id === letter.person)?.language ?? 'en';
  return textOf(letter, language, plant.config.site.timeZone);
}
