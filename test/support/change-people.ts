import { crowd } from './crowd';
import { HOUR, MINUTE, type Cast, type Lectern } from './lectern';
import { taught, type End } from './change-ends';
import type { Described, Entry } from './change-observer';

export const PEOPLE_KINDS = ['reassign', 'swap', 'add', 'drop', 'room'] as const;
export type PeopleKind = (typeof PEOPLE_KINDS)[number];
export const PEOPLE_PHASES = ['held', 'booked', 'room', 'ready', 'live'] as const;
export type PeoplePhase = (typeof PEOPLE_PHASES)[number];

/** One session that was given other people or another room, with whatever its cell looks at. */
export interface Peopled {
  cast: Cast;
  /** Who comes, or whose session the instructor is exchanged with. */
  other: Cast;
  sessionId: string;
  answer: { status: number; code?: string; message?: string };
  preview: Described;
  made: Described;
  /** What was owed at once because of the change, and how it ended. */
  owed: (Entry & { id: string; state: string; reason: string | null })[];
  /** Subjects that reached each address after the change. */
  after: Record<string, string[]>;
  /** What the ways in of before the change answer after it, by person. */
  links: Record<string, number>;
  /** How the session ended, and the other one of a swap, where it was taught to its end; and every subject that came after the change. */
  ends: { end: End; other: End | null; mails: Record<string, string[]> } | null;
}

/** Where a changed session is taught to its end: a few students before it has begun, thirty once it has; of several before it is documented as well. */
export const IS_TAUGHT = (phase: PeoplePhase, students: number): boolean => (phase === 'ready' ? students < 30 : phase === 'live' && students === 30);
export const IS_DOCUMENTED = (phase: PeoplePhase, students: number): boolean => phase === 'ready' && students > 1 && students < 30;

const LEAD: Record<PeoplePhase, number> = { held: 60 * HOUR, booked: 60 * HOUR, room: 23 * HOUR, ready: 11 * HOUR, live: 3 * HOUR };
/** How long after it the other session of a swap is; where both are taught, soon. */
const GAP: Record<PeoplePhase, number> = { held: 14 * HOUR, booked: 14 * HOUR, room: 14 * HOUR, ready: HOUR, live: 14 * HOUR };

/** Brings a session to a phase, changes it there, and waits until everything that this makes due has its end. */
export class PeopleDriver {
  constructor(private readonly lectern: Lectern) {}

  private post = <T>(id: string, body: object, preview = false) =>
    this.lectern.api<T & { previewToken: string; code?: string; message?: string }>(
      'POST',
      `/v1/sessions/${id}/changes${preview ? '?preview=true' : ''}`,
      body,
    );

  private quiet = (...ids: string[]): Promise<unknown> =>
    this.lectern.until('everything due to be sent', async () => {
      const open = await this.lectern.query(
        `SELECT 1 FROM obligations WHERE session_id = ANY(?::uuid[]) AND (state IN ('claimed', 'in-doubt') OR state = 'planned' AND due_at <= ?)
         UNION ALL SELECT 1 FROM outbox WHERE session_id = ANY(?::uuid[]) AND delivered_at IS NULL
         UNION ALL SELECT 1 FROM changes WHERE session_id = ANY(?::uuid[]) AND compensated_at IS NULL`,
        [`{${ids.join(',')}}`, this.lectern.now(), `{${ids.join(',')}}`, `{${ids.join(',')}}`],
      );
      return open.length === 0;
    });

  private async reach(phase: PeoplePhase, cast: Cast, sessionId: string): Promise<void> {
    if (phase === 'room') {
      await this.lectern.until(
        'credentials',
        async () => (await this.lectern.query(`SELECT 1 FROM timeline WHERE session_id = ? AND kind = 'credentials.issued'`, [sessionId])).length > 0,
      );
    }
    if (phase === 'ready') await this.lectern.status(sessionId, 'ready');
    if (phase !== 'live') return;
    await this.lectern.status(sessionId, 'ready', 'live');
    await this.lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
    await this.lectern.status(sessionId, 'live');
  }

  private bodyOf(kind: PeopleKind, cast: Cast, other: Cast, otherSession: string | null): object {
    const named = {
      reassign: { instructorId: other.instructorId },
      swap: { withSessionId: otherSession },
      add: { studentId: other.studentIds[0] },
      drop: { studentId: cast.studentIds[0] },
      room: {},
    };
    return { kind, reason: 'illness', ...named[kind] };
  }

  private async linksOf(sessionId: string): Promise<{ personId: string; url: string }[]> {
    const sent = await this.lectern.query<{ personId: string; bodyText: string }>(
      `SELECT coalesce(o.about_id, o.person_id) AS person_id, a.body_text FROM attempts a JOIN obligations o ON o.id = a.obligation_id
       WHERE o.session_id = ? AND o.kind = 'credential' AND a.state = 'sent'`,
      [sessionId],
    );
    return sent.map((s) => ({ personId: s.personId, url: /(https?:\/\/\S+\/j\/[\w-]+)/.exec(s.bodyText)![1]! }));
  }

  /** Who came onto a running lesson arrives as they do, and a held booking is booked; then nothing more is on its way. */
  private async follow(phase: PeoplePhase, sessionId: string, ...others: string[]): Promise<void> {
    if (phase === 'held') await this.lectern.decide(await this.lectern.openStep(sessionId, 'booking'), 'approve');
    if (phase === 'live') {
      const joined = await this.lectern.query<{ personId: string; joinedAt: Date }>(
        'SELECT person_id, joined_at FROM participants WHERE session_id = ? AND joined_at IS NOT NULL',
        [sessionId],
      );
      for (const { personId, joinedAt } of joined)
        await this.lectern.send('participant.joined', { sessionId, personId, connection: 'laptop' }, joinedAt);
    }
    await this.quiet(sessionId, ...others);
  }

  /** Subjects that reached each address of both casts, but for those that had come before. */
  private async since(before: ReadonlySet<string>, ...casts: Cast[]): Promise<Record<string, string[]>> {
    const after: Record<string, string[]> = {};
    for (const m of await this.lectern.sink())
      if (casts.some((c) => m.to.includes(c.tag)) && !before.has(m.messageId)) (after[m.to] ??= []).push(m.subject);
    return after;
  }

  async cell(kind: PeopleKind, phase: PeoplePhase, students: number): Promise<Peopled> {
    const documented = IS_DOCUMENTED(phase, students);
    const [cast, other] = [await crowd(this.lectern, students, documented), await crowd(this.lectern, 1, documented)];
    const more = phase === 'held' ? { programme: 'held' } : {};
    const sessionId = await this.lectern.book(cast, LEAD[phase], more, phase === 'live' ? 10 * HOUR : 20 * MINUTE);
    const otherSession = kind === 'swap' ? await this.lectern.book(other, LEAD[phase] + GAP[phase], {}, 20 * MINUTE) : null;
    const others = otherSession ? [otherSession] : [];
    await this.reach(phase, cast, sessionId);
    await this.quiet(sessionId, ...others);
    const before = new Set((await this.lectern.sink()).map((m) => m.messageId));
    const links = await this.linksOf(sessionId);
    const body = this.bodyOf(kind, cast, other, otherSession);
    const preview = await this.post<Described>(sessionId, body, true);
    const made = await this.post<Described>(sessionId, { ...body, previewToken: preview.body.previewToken });
    const { code, message } = made.body;
    const answer = { status: made.status, ...(code && { code }), ...(message && { message }) };
    const run = { cast, other, sessionId, answer, preview: preview.body, made: made.body };
    if (made.status !== 200) return { ...run, owed: [], after: {}, links: {}, ends: null };
    await this.follow(phase, sessionId, ...others);
    const answers = await Promise.all(links.map(async ({ personId, url }) => [personId, (await fetch(url)).status] as const));
    const after = await this.since(before, cast, other);
    const owed = await this.lectern.query<Peopled['owed'][number]>(
      `SELECT o.id, o.person_id, o.kind, o.step, o.channel, o.state, o.reason FROM obligations o
       JOIN changes c ON c.session_id = o.session_id AND c.made_at = o.anchor_at WHERE o.session_id = ANY(?::uuid[])`,
      [`{${[sessionId, ...others].join(',')}}`],
    );
    const found = { ...run, owed, after, links: Object.fromEntries(answers) };
    if (!IS_TAUGHT(phase, students)) return { ...found, ends: null };
    const end = await taught(this.lectern, sessionId, documented);
    const otherEnd = otherSession ? await taught(this.lectern, otherSession, documented) : null;
    return { ...found, ends: { end, other: otherEnd, mails: await this.since(before, cast, other) } };
  }
}
