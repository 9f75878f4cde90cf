import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly to: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded. */
  readonly text: string;
}

/** What the server says to a message for a recipient, the n-th time; nothing: it takes it. */
export type Verdict = { readonly code: number; readonly message: string };
export type MailAnswer = (to: string, attempt: number) => Verdict | undefined | Promise<Verdict | undefined>;

export interface MailServer {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** Logins that were tried. */
  readonly logins: { readonly user: string; readonly password: string }[];
  answer: MailAnswer;
  close(): Promise<void>;
}

/** A real SMTP server. With `password` it wants a login. */
export async function openMailServer(
  answer: MailAnswer = () => undefined,
  { port = 0, password }: { readonly port?: number; readonly password?: string } = {},
): Promise<MailServer> {
  const attempts = new Map<string, number>();
  const smtp = new SMTPServer({
    disabledCommands: password === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    authOptional: password === undefined,
    allowInsecureAuth: true,
    closeTimeout: 100,
    onAuth: ({ username, password: given }, _session, done) => {
      server.logins.push({ user: username ?? '', password: given ?? '' });
      if (given === password) done(null, { user: username ?? '' });
      else done(new Error('wrong password'));
    },
    onRcptTo: ({ address }, _session, done) => {
      const attempt = (attempts.get(address) ?? 0) + 1;
      attempts.set(address, attempt);
      const say = async (): Promise<void> => {
        const verdict = await server.answer(address, attempt);
        if (verdict === undefined) done();
        else done(Object.assign(new Error(verdict.message), { responseCode: verdict.code }));
      };
      void say();
    },
    onData: (stream, { envelope }, done) => {
      let raw = '';
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
      stream.on('end', () => {
        for (const { address } of envelope.rcptTo) server.received.push(parseMail(address, raw));
        done();
      });
    },
  });
  smtp.listen(port, '127.0.0.1');
  await once(smtp.server, 'listening');
  const server: MailServer = {
    port: (smtp.server.address() as AddressInfo).port,
    received: [],
    logins: [],
    answer,
    close: () => new Promise((resolve) => smtp.close(() => resolve())),
  };
  return server;
}

/** Plain text in quoted-printable, base64 or as it is. */
function parseMail(to: string, raw: string): ReceivedMail {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = Object.fromEntries(
    head
      .replaceAll(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  ) as Record<string, string>;
  const body = rest.join('\r\n\r\n');
  const encoding = headers['content-transfer-encoding'];
  const text =
    encoding === 'base64'
      ? Buffer.from(body, 'base64').toString('utf8')
      : encoding === 'quoted-printable'
        ? unquoted(body)
        : body;
  return { to, headers, text };
}

function unquoted(text: string): string {
  const bytes = text
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
