import { createTransport } from 'nodemailer';
import type { Attempt } from '../plugins/webhook/attempt.ts';
import type { MailServer } from './config.ts';

interface Mail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mailer {
  send(mail: Mail): Promise<Attempt>;
  close(): void;
}

/** Connections to the mail server, so many messages at a time. */
export const MAIL_CONNECTIONS = 8;

/** Sends plain text by SMTP. The message's id is its `Message-ID` each time. */
export function createMailer({ host, port, tls, user, password, from, timeoutMs }: MailServer): Mailer {
  const transport = createTransport({
    pool: true,
    maxConnections: MAIL_CONNECTIONS,
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'plain',
    ...(user === undefined ? null : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.lastIndexOf('@') + 1).replaceAll(/[^A-Za-z0-9.-]/g, '');
  return {
    async send({ id, to, subject, text }) {
      try {
        await transport.sendMail({
          from,
          to,
          subject,
          text,
          messageId: `<${id}@${domain}>`,
          // Nobody's absence answers it (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated', 'X-MS5-Key': id },
        });
        return { result: 'delivered' };
      } catch (error) {
        return attemptOf(error);
      }
    },
    close: () => {
      transport.close();
    },
  };
}

/** 5xx to the message or a recipient is for good (RFC 5321, 4.2.1); a login that fails may be put right. */
function attemptOf(error: unknown): Attempt {
  if (!(error instanceof Error)) return { result: 'failed', reason: String(error) };
  const code = 'code' in error ? String(error.code) : error.name;
  const status = 'responseCode' in error ? Number(error.responseCode) : Number.NaN;
  const reason = Number.isNaN(status) ? code : `${code}, answered ${status}`;
  const isFinal = status >= 500 && status < 600 && (code === 'EENVELOPE' || code === 'EMESSAGE');
  return { result: isFinal ? 'refused' : 'failed', reason };
}
