import nodemailer, { type SendMailOptions, type Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';
import type { MessagePort, OutgoingMessage, SendResult } from '../ports';

export interface MailOptions {
  smtpUrl: string;
  from: string;
  /** The local catcher's HTTP address, when mail goes there: it can be looked up by Message-ID. */
  catcherUrl: string | null;
}

const NEVER_SENT = ['ECONNREFUSED', 'EDNS', 'ENOTFOUND', 'EAUTH', 'ECONNECTION'];

/** Reads nodemailer's error: refused for good (5xx), surely not sent (no connection, 4xx), or nobody knows. */
function resultOf(error: unknown): SendResult {
  const e = error as { code?: string; responseCode?: number; message: string; command?: string };
  const text = `${e.code ?? 'error'}${e.responseCode ? ` ${e.responseCode}` : ''}`;
  if (e.responseCode && e.responseCode >= 500) return { end: 'refused', error: text };
  if (e.responseCode && e.responseCode >= 400) return { end: 'not-sent', error: text };
  if (e.code === 'EENVELOPE') return { end: 'refused', error: text };
  if (NEVER_SENT.includes(e.code ?? '') && e.command !== 'DATA') return { end: 'not-sent', error: text };
  return { end: 'in-doubt', error: text };
}

export const messageIdOf = (key: string): string => `<${key}@lectern.invalid>`;

/** Mail over pooled SMTP. The Message-ID is the effect key, so that a sink that can be asked tells whether it has it. */
export function createMailPort({ smtpUrl, from, catcherUrl }: MailOptions): MessagePort & { close(): void } {
  const url = new URL(smtpUrl);
  const options: SMTPPool.Options = {
    pool: true,
    maxConnections: 8,
    maxMessages: 500,
    host: url.hostname,
    port: Number(url.port || (url.protocol === 'smtps:' ? 465 : 25)),
    secure: url.protocol === 'smtps:',
    ignoreTLS: url.hostname === '127.0.0.1',
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 12_000,
    ...(url.username ? { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } } : {}),
  };
  const transport: Transporter<SMTPPool.SentMessageInfo> = nodemailer.createTransport(options);
  return {
    channel: 'email',
    close: () => transport.close(),
    async check() {
      await transport.verify();
    },
    async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
      const sending = transport.sendMail({
        from,
        to: { name: '', address: message.to },
        subject: message.subject ?? '',
        text: message.text,
        ...(message.html ? { html: message.html } : {}),
        messageId: messageIdOf(message.key),
        disableFileAccess: true,
        disableUrlAccess: true,
        // Given up is given up: a message left in the pool's queue would leave after its look-up, and be there twice.
        signal,
      } as SendMailOptions & { signal: AbortSignal });
      const aborted = new Promise<SendResult>((resolve) => {
        signal.addEventListener('abort', () => resolve({ end: 'in-doubt', error: 'no answer before the deadline' }), { once: true });
      });
      const sent = sending.then((info): SendResult => ({ end: 'accepted', ref: info.response ?? null }), resultOf);
      return Promise.race([sent, aborted]);
    },
    ...(catcherUrl && {
      async lookUp(key: string) {
        const found = await fetch(`${catcherUrl}/messages?messageId=${encodeURIComponent(messageIdOf(key))}`, { signal: AbortSignal.timeout(5_000) });
        if (!found.ok) throw new Error(`the catcher answered ${found.status} to a look-up`);
        const list = (await found.json()) as { id: string }[];
        return { found: list.length > 0, ref: list[0]?.id ?? null };
      },
    }),
  };
}
