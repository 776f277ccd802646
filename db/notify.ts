import { setTimeout as sleep } from 'node:timers/promises';

/** A channel that somebody listens on, and what is said there. */
export interface Notice {
  channel: 'lectern_outbox' | 'lectern_inbox' | 'lectern_series' | 'lectern_timeline';
  payload: string;
}

/** On a busy day notices follow each other so closely, no closer. */
const APART_MS = 5;
/** How long a page may look older than the database. */
const PAGES_WAIT_MS = 50;

/**
 * Says that something was committed, after the commit. Inside a transaction NOTIFY takes one lock of the whole server and keeps it
 * until the commit is on disk, so that commits queue one behind the other (with eight clients that halved the bookings). A notice
 * that a crash swallows is made good by the polling that stands behind every listener.
 */
export class Notifier {
  private readonly waiting = new Map<string, Notice>();
  private sending: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly send: (notices: Notice[]) => Promise<unknown>) {}

  /** Says it at once, or, where only pages listen, a moment later with what comes meanwhile; what is said twice is said once. */
  say(notices: readonly Notice[]): void {
    if (notices.length === 0) return;
    for (const notice of notices) this.waiting.set(`${notice.channel} ${notice.payload}`, notice);
    if (notices.some((notice) => notice.channel !== 'lectern_timeline')) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), PAGES_WAIT_MS);
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    // With nothing to say it would be over before it is noted down as begun, and nothing would ever begin again.
    if (this.waiting.size > 0) this.sending ??= this.sendAll();
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.size > 0) {
      const notices = [...this.waiting.values()];
      this.waiting.clear();
      await this.send(notices).catch(() => undefined);
      // What is said in one breath costs once: the first goes at once, the next a moment later together.
      if (this.waiting.size > 0) await sleep(APART_MS);
    }
    this.sending = null;
  }

  /** Settles when everything has been said. */
  async end(): Promise<void> {
    this.flush();
    await this.sending;
  }
}
