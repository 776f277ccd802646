import twilio from 'twilio';
import { isOptOut, smsFault } from '../../domain/sms-errors';
import type { MessagePort, OutgoingMessage, SendResult } from '../ports';

export interface TwilioOptions {
  accountSid: string;
  authToken: string;
  from: string;
  baseUrl: string | null;
  /** Where Twilio reports what becomes of a message; null where it cannot reach us. */
  statusUrl?: ((message: OutgoingMessage) => string) | null;
}

/** Twilio has no idempotency key: a send in doubt is looked up among the messages to that number, by the tag in its text. */
export const tagOf = (key: string): string => `[${key.slice(0, 8)}]`;

/** Sends to another address than Twilio's own when one is configured (a proxy, a stand-in). */
function clientFor({ accountSid, authToken, baseUrl }: TwilioOptions): twilio.Twilio {
  const direct = new twilio.RequestClient({ timeout: 8_000 });
  if (!baseUrl) return twilio(accountSid, authToken, { autoRetry: false, httpClient: direct });
  const redirected = {
    request: (options: Parameters<typeof direct.request>[0]) => {
      const { pathname, search } = new URL(options.uri);
      return direct.request({ ...options, uri: baseUrl.replace(/\/+$/, '') + pathname + search });
    },
  };
  return twilio(accountSid, authToken, { autoRetry: false, httpClient: redirected as typeof direct });
}

/** Surely not sent: Twilio was too busy to take it, or could not be reached at all. */
const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/** Reads the client's error: refused for good, surely not sent, or nobody knows (no answer, 408, 5xx: it may have been taken). */
function resultOf(error: unknown): SendResult {
  const e = error as { status?: number; code?: number | string };
  const text = `twilio ${e.code ?? e.status ?? 'error'}`;
  if (e.status === 429 || NEVER_SENT.includes(String(e.code))) return { end: 'not-sent', error: text };
  if (!e.status || e.status < 400 || e.status === 408 || e.status >= 500) return { end: 'in-doubt', error: text };
  return { end: 'refused', error: smsFault(e.code ?? e.status), ...(isOptOut(e.code) && { isOptOut: true }) };
}

export function createTwilioPort(options: TwilioOptions): MessagePort {
  const client = clientFor(options);
  // MG… is a messaging service, which chooses the number itself.
  const sender = options.from.startsWith('MG') ? { messagingServiceSid: options.from } : { from: options.from };
  return {
    channel: 'sms',
    async send(message): Promise<SendResult> {
      const callback = options.statusUrl ? { statusCallback: options.statusUrl(message) } : {};
      try {
        const sent = await client.messages.create({ ...sender, to: message.to, body: `${message.text} ${tagOf(message.key)}`, ...callback });
        return { end: 'accepted', ref: sent.sid };
      } catch (error) {
        return resultOf(error);
      }
    },
    // By number alone: a message that Twilio has queued has no date of sending yet, and a filter by date would hide it.
    async lookUp(key, to) {
      const recent = await client.messages.list({ to, limit: 50 });
      const found = recent.find((m) => m.body.includes(tagOf(key)));
      return { found: found !== undefined, ref: found?.sid ?? null };
    },
    async check() {
      await client.api.v2010.accounts(options.accountSid).fetch();
    },
  };
}

/** Without Twilio, text messages go to the local catcher's inbox. */
export function createCatcherSmsPort(catcherUrl: string): MessagePort {
  return {
    channel: 'sms',
    async send(message, signal): Promise<SendResult> {
      try {
        const answer = await fetch(`${catcherUrl}/sms`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ key: message.key, to: message.to, body: message.text }),
          signal,
        });
        return answer.ok ? { end: 'accepted', ref: message.key } : { end: 'not-sent', error: `catcher ${answer.status}` };
      } catch {
        return { end: 'in-doubt', error: 'catcher did not answer' };
      }
    },
    async lookUp(key) {
      const found = await fetch(`${catcherUrl}/messages?key=${encodeURIComponent(key)}`, { signal: AbortSignal.timeout(5_000) });
      if (!found.ok) throw new Error(`the catcher answered ${found.status} to a look-up`);
      const list = (await found.json()) as { id: string }[];
      return { found: list.length > 0, ref: list[0]?.id ?? null };
    },
  };
}
