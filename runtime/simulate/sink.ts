import type { CaughtMessage } from '../catcher/message';

/** As much as the catcher gives at once. */
const PAGE = 10_000;

/** The inbox of everybody in the week: what the mail catcher has. */
export class Sink {
  readonly messages: CaughtMessage[] = [];

  constructor(private readonly url: string) {}

  /** Reads what has come since it was last read. Often enough, so that a page holds it: the catcher gives the newest of more. */
  async refresh(): Promise<void> {
    const last = this.messages.at(-1);
    const answer = await fetch(`${this.url}/messages?limit=${PAGE}${last ? `&since=${last.id}` : ''}`, { signal: AbortSignal.timeout(60_000) });
    if (!answer.ok) throw new Error(`the mail catcher answered ${answer.status}`);
    const page = (await answer.json()) as CaughtMessage[];
    if (page.length === PAGE) throw new Error('more messages came between two readings than the catcher gives at once');
    this.messages.push(...page);
  }

  /** The newest way into a lesson that somebody has been sent. */
  linkFor(addresses: readonly string[], title: string): string | null {
    for (let i = this.messages.length - 1; i >= 0; i--) {
      const { to, subject, text } = this.messages[i]!;
      if (!addresses.includes(to) || !`${subject}\n${text}`.includes(title)) continue;
      const found = /https?:\/\/\S+?\/j\/([\w-]+)/.exec(text);
      if (found) return found[1]!;
    }
    return null;
  }
}
