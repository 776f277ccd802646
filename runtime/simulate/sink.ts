import { setTimeout as sleep } from 'node:timers/promises';
import type { CaughtMessage } from '../catcher/message';

/** As much as the catcher gives at once. */
const PAGE = 10_000;

/** A busy machine may close a connection in the moment in which it is used again; that is said once more, and harmless. */
const PATIENCE_MS = 30_000;
const AGAIN_MS = 250;

/** Asks the mail catcher something, or tells it to fail. */
export async function askCatcher<T>(url: string, body?: object): Promise<T> {
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(AGAIN_MS)) {
    try {
      const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
      if (answer.ok) return (await answer.json()) as T;
      throw new Error(`the mail catcher answered ${answer.status}`);
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

/** What a reader sees of a message; a long week has tens of thousands of them. */
export type Mail = Pick<CaughtMessage, 'id' | 'key' | 'messageId' | 'to' | 'subject' | 'text' | 'receivedAt'>;

/** Where somebody's messages come; `about`: the name of the child whose they are, since siblings share an inbox. */
export interface Reader {
  address: string;
  about: string | null;
}

/** The inbox of everybody in the week: what the mail catcher has. */
export class Sink {
  readonly messages: Mail[] = [];
  private readonly byAddress = new Map<string, Mail[]>();

  constructor(private readonly url: string) {}

  /** Reads what has come since it was last read. Often enough, so that a page holds it: the catcher gives the newest of more. */
  async refresh(): Promise<void> {
    const last = this.messages.at(-1);
    const page = await askCatcher<CaughtMessage[]>(`${this.url}/messages?limit=${PAGE}${last ? `&since=${last.id}` : ''}`);
    if (page.length === PAGE) throw new Error('more messages came between two readings than the catcher gives at once');
    for (const { id, key, messageId, to, subject, text, receivedAt } of page) {
      const message = { id, key, messageId, to, subject, text, receivedAt };
      this.messages.push(message);
      const own = this.byAddress.get(message.to);
      if (own) own.push(message);
      else this.byAddress.set(message.to, [message]);
    }
  }

  /** The newest link about a lesson that somebody has been sent: `j` into its room, `a` to acknowledge it, `o` to an offer of it. */
  linkFor(readers: readonly Reader[], title: string, page: 'j' | 'a' | 'o'): string | null {
    const isTheirs = (m: Mail, about: string | null): boolean =>
      `${m.subject}\n${m.text}`.includes(title) && (about === null || new RegExp(`\\b${about}\\b`).test(m.text));
    const own = readers.flatMap(({ address, about }) => (this.byAddress.get(address) ?? []).filter((m) => isTheirs(m, about)));
    const link = new RegExp(`https?://\\S+?/${page}/([\\w-]+)`);
    const newestFirst = own.sort((a, b) => Date.parse(b.receivedAt) - Date.parse(a.receivedAt));
    for (const { text } of newestFirst) {
      const found = link.exec(text);
      if (found) return found[1]!;
    }
    return null;
  }
}
