import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDirectory, testPlant } from '../../../../test/support/plant.ts';
import { until } from '../../../../test/support/until.ts';
import { openMailServer, type MailAnswer, type MailServer } from '../../test-support/mail-server.ts';
import { openReceiver, type Receiver } from '../../test-support/webhook-receiver.ts';
import { parsePlant } from '../config/index.ts';
import { systemClock, systemRandom } from '../gateway/system-clock.ts';
import type { EventsRequest, LoggedEvent, LoggedEvents } from '../plugins/plugin.ts';
import type { MailServer as MailSettings } from './config.ts';
import { createMailer, type Mailer } from './mailer.ts';
import { emailMeans, webhookMeans } from './means.ts';
import type { Notification } from './notification.ts';
import { startNotifier, type Notifier } from './notifier.ts';
import { openNotifyStore, type NotifyStore } from './store.ts';

let directory: string;
let store: NotifyStore;
let mail: MailServer;
let hook: Receiver;
let mailer: Mailer | undefined;
let notifier: Notifier | undefined;
let log: { logId: string; head: number; events: LoggedEvent[] };
const said: string[] = [];

const people = ['ann', 'bob', 'cy', 'dan'].map(
  (id) =>
    `  - { id: ${id}, name: ${id}, roles: [lead], email: ${id}@works.test, language: ${id === 'bob' ? 'de' : 'en'} }`,
);
const parsed = parsePlant('plant.yaml', `${testPlant()}${people.join('\n')}\n`);
if (!parsed.ok) throw new Error('the plant is wrong');
const { plant } = parsed;

beforeEach(async () => {
  directory = await temporaryDirectory('notify');
  store = openNotifyStore(directory);
  log = { logId: 'L1', head: 0, events: [] };
  said.length = 0;
});
afterEach(async () => {
  await stop();
  store.close();
  await mail.close();
  await hook.close();
  await rm(directory, { recursive: true, force: true });
});

function read({ after, types }: EventsRequest): Promise<LoggedEvents> {
  const from = Math.min(after, log.head);
  const events = log.events.filter(
    ({ offset, type }) => offset > from && (types === undefined || types.includes(type)),
  );
  return Promise.resolve({ logId: log.logId, head: log.head, next: log.head, events });
}

async function open(answer?: MailAnswer): Promise<void> {
  mail = await openMailServer(answer);
  hook = await openReceiver();
}

async function start(settings: Partial<MailSettings> = {}, giveUpAfterMs = 60_000): Promise<void> {
  await stop();
  const line = (message: string): void => void said.push(message);
  mailer = createMailer({
    host: '127.0.0.1',
    port: mail.port,
    tls: 'plain',
    from: 'ms5@works.test',
    timeoutMs: 1_000,
    ...settings,
  });
  const secret = new Uint8Array(32);
  const { signal } = new AbortController();
  notifier = await startNotifier({
    context: { site: 'works', readEvents: read, log: { debug: line, info: line, warn: line, error: line } },
    store,
    means: new Map([
      ['email', emailMeans(plant, mailer)],
      ['webhook', webhookMeans(plant, { url: hook.url, secret, timeoutMs: 1_000 }, systemClock, signal)],
    ]),
    retry: { retryFromMs: 10, retryToMs: 40, giveUpAfterMs },
    clock: systemClock,
    random: systemRandom,
  });
}

async function stop(): Promise<void> {
  mailer?.close();
  await notifier?.close();
  notifier = undefined;
}

function append(data: { readonly type: string; readonly [member: string]: unknown }): void {
  log.head += 1;
  log.events.push({
    offset: log.head,
    index: 0,
    at: Date.now(),
    type: data.type,
    topic: 'works/hall/press/events',
    data: JSON.parse(JSON.stringify(data)) as LoggedEvent['data'],
  });
  notifier?.wake();
}

function request(callId: string, person: string, means = 'email', note = 'jam at the infeed'): Notification {
  const at = Date.now();
  return {
    type: 'notificationRequested',
    at,
    line: 'hall/press',
    key: `${callId}.acknowledgement-1.${person}.${means}`,
    person,
    means,
    items: [
      {
        callId,
        subject: 'level',
        clock: 'acknowledgement',
        level: 1,
        cause: 'due',
        line: 'hall/press',
        lineName: 'Press',
        callType: 'maintenance',
        priority: 'high',
        note,
        raisedBy: 'olivia',
        raisedAt: at,
      },
    ],
  };
}

const mails = (count: number): Promise<true> =>
  until(`${count} mails`, () => (mail.received.length >= count ? true : undefined));
const emptied = (): Promise<true> =>
  until('nothing queued', () => (store.nextAt() === null ? true : undefined));

test('a new notifier starts at the end of the log, then sends each request by its means and language', async () => {
  await open();
  append(request('call-0', 'ann'));
  await start();
  append(request('call-1', 'ann'));
  append(request('call-1', 'bob'));
  append(request('call-1', 'ann', 'webhook'));
  append(request('call-1', 'ann', 'screen'));
  await mails(2);
  await emptied();
  const [ann, bob] = [...mail.received].sort((a, b) => a.to.localeCompare(b.to));
  expect(ann?.headers).toMatchObject({
    'message-id': '<L1_call-1.acknowledgement-1.ann.email@works.test>',
    'x-ms5-key': 'L1_call-1.acknowledgement-1.ann.email',
    'auto-submitted': 'auto-generated',
    subject: 'Maintenance call (high) at Press',
  });
  expect(ann?.text).toContain('Note: jam at the infeed');
  expect(bob?.text).toContain('Bitte quittieren.');
  expect(hook.received).toHaveLength(1);
  expect(hook.received[0]?.id).toBe('L1_call-1.acknowledgement-1.ann.webhook');
  expect(JSON.parse(hook.received[0]?.text ?? '')).toMatchObject({
    person: 'ann',
    key: 'call-1.acknowledgement-1.ann.webhook',
    items: [{ callId: 'call-1' }],
  });
  expect(store.deadLetters()).toEqual([]);
});

test('a mail server that is away or says try later gets the message again under the same key', async () => {
  await open((_to, attempt) => (attempt < 3 ? { code: 451, message: 'greylisted' } : undefined));
  await start();
  append(request('call-1', 'ann'));
  await mails(1);
  await emptied();
  await mail.close();
  append(request('call-2', 'ann'));
  await until('it fails', () =>
    said.filter((line) => line === 'notification fails').length > 1 ? true : undefined,
  );
  const port = mail.port;
  mail = await openMailServer(undefined, { port });
  await mails(1);
  await emptied();
  expect(mail.received[0]?.headers['x-ms5-key']).toBe('L1_call-2.acknowledgement-1.ann.email');
});

test('what was queued is sent after a restart, and what may have been sent before it under the same key', async () => {
  await open(() => ({ code: 451, message: 'later' }));
  await start();
  append(request('call-1', 'ann'));
  append(request('call-2', 'bob'));
  await until('both failed', () =>
    said.filter((line) => line === 'notification fails').length === 2 ? true : undefined,
  );
  await stop();
  store.close();
  store = openNotifyStore(directory);
  mail.answer = () => undefined;
  await start();
  await mails(2);
  await emptied();
  expect(new Set(mail.received.map(({ headers }) => headers['x-ms5-key']))).toEqual(
    new Set(['L1_call-1.acknowledgement-1.ann.email', 'L1_call-2.acknowledgement-1.bob.email']),
  );
});

test('a slow mailbox delays nobody else, and a slow mail server no webhook', async () => {
  const slow = Promise.withResolvers<undefined>();
  await open((to) => (to.startsWith('ann@') ? slow.promise : undefined));
  await start({ timeoutMs: 20_000 });
  for (let call = 1; call <= 20; call += 1) append(request(`call-${call}`, 'ann'));
  append(request('call-21', 'bob'));
  append(request('call-22', 'ann', 'webhook'));
  await mails(1);
  await until('the webhook', () => (hook.received.length === 1 ? true : undefined));
  expect(mail.received.map(({ to }) => to)).toEqual(['bob@works.test']);
  mail.answer = () => undefined;
  slow.resolve(undefined);
  await mails(21);
  await emptied();
  expect(new Set(mail.received.map(({ headers }) => headers['message-id'])).size).toBe(21);
});

test('refused for good, without an address, or for too long it becomes a dead letter, which can be sent again', async () => {
  await open((to) => (to.startsWith('ann@') ? { code: 550, message: 'no such mailbox' } : undefined));
  await start();
  append(request('call-1', 'ann'));
  append(request('call-1', 'olivia'));
  append(request('call-1', 'stranger'));
  await until('three dead letters', () => (store.deadLetters().length === 3 ? true : undefined));
  const reasons = Object.fromEntries(store.deadLetters().map(({ person, reason }) => [person, reason]));
  expect(reasons).toEqual({
    ann: 'EENVELOPE, answered 550',
    olivia: 'the plant file has no address',
    stranger: 'the plant file has no address',
  });
  mail.answer = () => ({ code: 451, message: 'later' });
  await start({}, 1);
  append(request('call-2', 'bob'));
  await until('given up', () => (store.deadLetters().length === 4 ? true : undefined));
  mail.answer = () => undefined;
  expect(store.resend(['L1_call-1.acknowledgement-1.ann.email', 'unknown'], Date.now())).toBe(1);
  await mails(1);
  expect(mail.received[0]?.to).toBe('ann@works.test');
});

test('a message that is sent late says what became of the call meanwhile', async () => {
  let attempts = 0;
  await open(() => {
    attempts += 1;
    return { code: 451, message: 'later' };
  });
  await start();
  append(request('call-1', 'ann'));
  await until('it fails', () => (said.includes('notification fails') ? true : undefined));
  append({ type: 'callAcknowledged', callId: 'call-1', at: Date.now(), author: 'cy' });
  await until('it is known', () =>
    store.due(Infinity)[0]?.since['call-1'] === undefined ? undefined : true,
  );
  // The attempt under way may have been written before.
  const before = attempts;
  await until('it is written anew', () => (attempts > before + 1 ? true : undefined));
  mail.answer = () => undefined;
  await mails(1);
  expect(mail.received[0]?.headers['subject']).toContain('[settled meanwhile]');
  expect(mail.received[0]?.text).toContain('Meanwhile acknowledged by cy');
});

test('a login is made where one is configured; a wrong one is tried again, and its password is in no log', async () => {
  mail = await openMailServer(undefined, { password: 'right-password' });
  hook = await openReceiver();
  await start({ user: 'ms5', password: 'wrong-password' });
  append(request('call-1', 'ann'));
  await until('it fails', () => (said.includes('notification fails') ? true : undefined));
  expect(store.deadLetters()).toEqual([]);
  await start({ user: 'ms5', password: 'right-password' });
  await mails(1);
  expect(mail.logins.at(-1)).toEqual({ user: 'ms5', password: 'right-password' });
  expect(JSON.stringify([said, store.deadLetters()])).not.toContain('password');
});

test('another log is read from its first entry; a subject cannot hold a line of its own', async () => {
  await open();
  await start();
  append(request('call-1', 'ann'));
  await mails(1);
  await emptied();
  await stop();
  log = { logId: 'L2', head: 0, events: [] };
  const evil = request('call-1', 'ann');
  const [item] = evil.items;
  if (item === undefined) throw new Error('no item');
  append({ ...evil, items: [{ ...item, lineName: 'Press\r\nBcc: eve@works.test' }] });
  await start();
  await mails(2);
  expect(mail.received[1]?.headers['x-ms5-key']).toBe('L2_call-1.acknowledgement-1.ann.email');
  expect(mail.received[1]?.headers).not.toHaveProperty('bcc');
  expect(mail.received.map(({ to }) => to)).toEqual(['ann@works.test', 'ann@works.test']);
});
