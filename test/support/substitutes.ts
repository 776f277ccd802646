import { newId } from '../../domain/ids';
import type { Answer, Cast, Lectern, Mail } from './lectern';

export interface Search {
  id: string;
  state: string;
  reason: string | null;
  cause: string;
  candidates: { personId: string; eligible: boolean; reason: string; score: number; points: { reason: string }[] }[];
  offers: { id: string; personId: string; state: string; reason: string | null; expiresAt: string }[];
}
export interface Substitute {
  id: string;
  email: string;
}

const AHEAD = '2100-01-01T00:00:00Z';

/** Instructors of one test: they teach a subject that nobody else teaches, so that no other test's search finds them. */
export class Substitutes {
  readonly subject = `Subject ${newId().slice(0, 8)}`;
  constructor(
    readonly lectern: Lectern,
    readonly cast: Cast,
  ) {}

  /** Somebody who may teach it, but for what is said otherwise. */
  async add(name: string, teaching: object = {}, person: object = {}): Promise<Substitute> {
    const email = `${name.toLowerCase()}.${this.cast.tag}@example.invalid`;
    const answer = await this.lectern.api<{ id: string }>('POST', '/v1/people', {
      kind: 'instructor',
      name: `${name} Invented${this.cast.tag}`,
      givenName: name,
      zone: 'Europe/Berlin',
      email,
      teaching: { subjects: [this.subject], languages: ['en'], clearedUntil: AHEAD, ...teaching },
      ...person,
    });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer));
    return { id: answer.body.id, email };
  }

  book(leadMs: number, more: object = {}, lengthMs?: number): Promise<string> {
    return this.lectern.book(this.cast, leadMs, { subject: this.subject, ...more }, lengthMs);
  }

  async search(sessionId: string, body: object = {}): Promise<Search> {
    const answer = await this.lectern.api<Search>('POST', `/v1/sessions/${sessionId}/substitute-search`, body);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    return answer.body;
  }

  async read(sessionId: string): Promise<Search> {
    return (await this.lectern.api<Search>('GET', `/v1/sessions/${sessionId}/substitute-search`)).body;
  }

  /** The search once it looks as wanted. */
  until(what: string, sessionId: string, isSo: (search: Search) => boolean): Promise<Search> {
    return this.lectern.until(what, async () => {
      const answer = await this.lectern.api<Search>('GET', `/v1/sessions/${sessionId}/substitute-search`);
      return answer.status === 200 && isSo(answer.body) && answer.body;
    });
  }

  /** What reached somebody, by subject, once `enough` of it has. */
  async mailsTo(email: string): Promise<Mail[]> {
    return (await this.lectern.mails(this.cast)).filter((m) => m.to === email);
  }

  mail(email: string, subject: RegExp): Promise<Mail> {
    return this.lectern.until(`a mail "${subject.source}" to ${email}`, async () => (await this.mailsTo(email)).find((m) => subject.test(m.subject)));
  }

  /** The link in somebody's offer. */
  async link(email: string, path: 'o' | 'a' = 'o', subject = /^Can you teach/): Promise<string> {
    const { text } = await this.mail(email, subject);
    return new RegExp(`https?://\\S+/${path}/[A-Za-z0-9_-]+`).exec(text)![0];
  }

  answer(
    offerId: string,
    which: 'accept' | 'decline',
  ): Promise<Answer<{ code: string; state: string; details: { state: string; reason: string | null } }>> {
    return this.lectern.api('POST', `/v1/offers/${offerId}/${which}`);
  }

  async instructorOf(sessionId: string): Promise<string[]> {
    return (
      await this.lectern.query<{ personId: string }>(`SELECT person_id FROM participants WHERE session_id = ? AND role = 'instructor'`, [sessionId])
    ).map((p) => p.personId);
  }

  /** Everything owed on the session has its end: what was to be sent was sent. */
  quiet(sessionId: string, kinds: string[]): Promise<boolean> {
    return this.lectern.until(`${kinds.join(', ')} to have their end`, async () => {
      const open = await this.lectern.query(
        `SELECT 1 FROM obligations WHERE session_id = ? AND kind = ANY(?::text[]) AND state IN ('planned','claimed','in-doubt') AND due_at <= ?`,
        [sessionId, kinds, this.lectern.now()],
      );
      return open.length === 0;
    });
  }
}
