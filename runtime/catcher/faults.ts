import type { CaughtMessage } from './message';

type Incoming = Pick<CaughtMessage, 'to' | 'subject'>;

/** Which mails: those whose recipient and subject hold these words. */
export interface Matching {
  to?: string | undefined;
  subject?: string | undefined;
}

/** So many mails that fit have their answer kept back; with a code, they are refused with it then, and not stored. */
export interface Wish extends Matching {
  count: number;
  code?: number | undefined;
}

interface Withheld {
  mail: Incoming;
  give: () => void;
}

const fits = ({ to = '', subject = '' }: Matching, mail: Incoming): boolean => mail.to.includes(to) && mail.subject.includes(subject);

/** What a test can have the catcher do wrong: keep its answer to itself, or refuse. */
export class Faults {
  private wishes: Wish[] = [];
  private toFail = 0;
  private code = 451;
  private held: Withheld[] = [];

  /** Several wishes stand side by side. */
  withhold(wish: Wish): void {
    this.wishes.push({ ...wish });
  }

  fail(count: number, code: number): void {
    this.toFail = count;
    this.code = code;
  }

  /** How many answers are withheld, of mails that fit. */
  withheld(which: Matching): number {
    return this.held.filter((h) => fits(which, h.mail)).length;
  }

  /** Gives the withheld answers of mails that fit; with no words given, every one, and withholds no more. */
  release(which: Matching): number {
    if (which.to === undefined && which.subject === undefined) this.wishes = [];
    const given = this.held.filter((h) => fits(which, h.mail));
    this.held = this.held.filter((h) => !given.includes(h));
    for (const { give } of given) give();
    return given.length;
  }

  /** The code to refuse this message with, or null. */
  takeFailure(): number | null {
    if (this.toFail === 0) return null;
    this.toFail -= 1;
    return this.code;
  }

  /** The wish that such a mail is to have its answer kept back, or null. */
  take(mail: Incoming): Wish | null {
    const wish = this.wishes.find((w) => w.count > 0 && fits(w, mail));
    if (!wish) return null;
    wish.count -= 1;
    return wish;
  }

  /** Settles at the release. */
  hold(mail: Incoming): Promise<void> {
    return new Promise((give) => this.held.push({ mail, give }));
  }
}
