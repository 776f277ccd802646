import type { CaughtMessage } from '../catcher/message';

/** As much as the catcher gives at once. */
const PAGE = 10_000;

/** Where somebody's messages come; `about`: the name of the child whose they are, since siblings share an inbox. */
export interface Reader {
  address: string;
  about: string | null;
}

/** The inbox of everybody in the week: what the mail catcher has. */
export class Sink {
  readonly messages: CaughtMessage[] = [];
  private readonly byAddress = new Map<string, CaughtMessage[]>();

  constructor(private readonly url: string) {}

  /** Reads what has come since it was last read. Often enough, so that a page holds it: the catcher gives the newest of more. */
  async refresh(): Promise<void> {
    const last = this.messages.at(-1);
    const answer = await fetch(`${this.url}/messages?limit=${PAGE}${last ? `&since=${last.id}` : ''}`, { signal: AbortSignal.timeout(60_000) });
    if (!answer.ok) throw new Error(`the mail catcher answered ${answer.status}`);
    const page = (await answer.json()) as CaughtMessage[];
    if (page.length === PAGE) throw new Error('more messages came between two readings than the catcher gives at once');
    this.messages.push(...page);
    for (const message of page) this.byAddress.set(message.to, [...(this.byAddress.get(message.to) ?? []), message]);
  }

  /** The newest link about a lesson that somebody has been sent: `j` into its room, `a` to acknowledge it, `o` to an offer of it. */
  linkFor(readers: readonly Reader[], title: string, page: 'j' | 'a' | 'o'): string | null {
    const isTheirs = (m: CaughtMessage, about: string | null): boolean =>
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
