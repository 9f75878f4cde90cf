import { z } from 'zod';
import { duration, password, secret, url } from '../plugins/config-parts.ts';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise by STARTTLS, which is demanded unless `plain`. */
  readonly tls: 'implicit' | 'starttls' | 'plain';
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
  readonly timeoutMs: number;
}

export interface NotifyWebhook {
  readonly url: string;
  readonly secret: Uint8Array;
  readonly timeoutMs: number;
}

export interface RetrySettings {
  readonly retryFromMs: number;
  readonly retryToMs: number;
  /** From when it was requested; then it is a dead letter. */
  readonly giveUpAfterMs: number;
}

export interface NotifyConfig extends RetrySettings {
  /** The plant file, whose users have the addresses. */
  readonly plant: string;
  readonly email?: MailServer;
  readonly webhook?: NotifyWebhook;
}

const email = z.strictObject({
  host: z.string({ error: 'expected the name of a mail server' }).min(1),
  port: z.number({ error: 'expected a port' }).int().min(1).max(65_535),
  tls: z
    .enum(['implicit', 'starttls', 'plain'], { error: 'expected implicit, starttls or plain' })
    .default('starttls'),
  user: z.string().min(1).optional(),
  password: password.optional(),
  from: z.string({ error: 'expected the address messages come from' }).min(3),
  timeout: duration('30s'),
});

const CONFIG = z.strictObject(
  {
    plant: z.string({ error: 'expected the path of the plant file' }).min(1),
    email: email.optional(),
    webhook: z.strictObject({ url, secret, timeout: duration('10s') }).optional(),
    retryFrom: duration('2s'),
    retryTo: duration('5m'),
    giveUpAfter: duration('24h'),
  },
  { error: 'expected { plant, email?, webhook? }' },
);

/** Throws an error that names what is wrong where. Reads the secrets. */
export function parseNotifyConfig(raw: unknown): NotifyConfig {
  const result = CONFIG.safeParse(raw);
  if (!result.success) {
    const said = result.error.issues.map(({ path, message }) => [path.join('.'), message].join(': '));
    throw new Error(said.join('; ').replace(/^: /, ''));
  }
  const { plant, email: mail, webhook, ...durations } = result.data;
  return {
    plant,
    ...(mail === undefined ? null : { email: mailServerOf(mail) }),
    ...(webhook === undefined
      ? null
      : { webhook: { url: webhook.url, secret: webhook.secret, timeoutMs: webhook.timeout } }),
    retryFromMs: durations.retryFrom,
    retryToMs: Math.max(durations.retryFrom, durations.retryTo),
    giveUpAfterMs: durations.giveUpAfter,
  };
}

function mailServerOf({ timeout, user, password: secretText, ...rest }: z.infer<typeof email>): MailServer {
  return {
    ...rest,
    timeoutMs: timeout,
    ...(user === undefined ? null : { user }),
    ...(secretText === undefined ? null : { password: secretText }),
  };
}
