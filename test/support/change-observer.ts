import { timeForReader } from '../../domain/time';
import { HOUR, MINUTE, type Cast, type Lectern } from './lectern';

export type Kind = 'cancel' | 'reschedule';
export interface Entry {
  personId: string;
  kind: string;
  step: string;
  channel: string;
}
export interface Described {
  verdict: string;
  charges: { studentId: string; amountMinor: number }[];
  messages: Entry[];
  dropped: Entry[];
}
/** What was asked for, what was answered, and what was there before and after. */
export interface Refused {
  kind: Kind;
  preview: { status: number; code: string };
  answer: { status: number; code: string; message: string };
  before: unknown;
  after: unknown;
}
export interface Made {
  preview: Described;
  made: Described & { rev: number };
  /** Obligations that had been sent before the change. */
  sentBefore: string[];
  suppressed: Entry[];
  link: { status: number; text: string } | null;
  oldTime: string;
  newTime: string;
}
/** One session on its way through the matrix, with everything that its cells look at. */
export interface Run {
  cast: Cast;
  sessionId: string;
  refused: Record<string, Refused[]>;
  made: Made | null;
  /** Of a held booking that moved: the step before and after, and what an approval of the old one was answered. */
  hold: { before: HeldStep; after: HeldStep; stale: number; approved: number } | null;
  end: string;
}
export interface HeldStep {
  id: string;
  version: number;
  hash: string;
  kind: string;
  deadlineAt: string | null;
  shown: { startsAt: string };
}

const when = (at: Date): string => timeForReader(+at, 'Europe/Berlin', 'en');

/** Asks for changes, and keeps what was answered and what was there before and after. */
export class Observer {
  constructor(readonly lectern: Lectern) {}

  count = async (sql: string, ...bindings: unknown[]): Promise<number> =>
    (await this.lectern.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, bindings))[0]!.n;

  /** Nothing is due and nothing is on its way: what comes from here on, the change has brought. */
  quiet = (run: Run): Promise<unknown> =>
    this.lectern.until(
      'everything due to be sent',
      async () =>
        (await this.count(
          `obligations WHERE session_id = ? AND (state IN ('claimed', 'in-doubt') OR state = 'planned' AND due_at <= ?)`,
          run.sessionId,
          this.lectern.now(),
        )) === 0,
    );

  private post = <T>(run: Run, body: object, preview = false) =>
    this.lectern.api<T>('POST', `/v1/sessions/${run.sessionId}/changes${preview ? '?preview=true' : ''}`, body);

  /** A move is to so far ahead that a slow machine finds the lesson ready, and everybody in time. */
  private change(kind: Kind, leadMs = 4 * HOUR): object {
    const startsAt = new Date(+this.lectern.now() + leadMs);
    const times = { startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + 20 * MINUTE).toISOString() };
    return kind === 'cancel' ? { kind, reason: 'illness' } : { kind, ...times };
  }

  /** The way in that was sent, to whomever or for one student. */
  async wayIn(run: Run, studentId: string | null = null): Promise<string | null> {
    const [mail] = await this.lectern.query<{ bodyText: string }>(
      `SELECT a.body_text FROM attempts a JOIN obligations o ON o.id = a.obligation_id
       WHERE o.session_id = ? AND o.kind = 'credential' AND a.state = 'sent' AND (?::uuid IS NULL OR o.about_id = ?) LIMIT 1`,
      [run.sessionId, studentId, studentId],
    );
    return mail ? /(https?:\/\/\S+\/j\/[\w-]+)/.exec(mail.bodyText)![1]! : null;
  }

  async make(run: Run, kind: Kind, leadMs?: number): Promise<void> {
    const before = await this.lectern.session(run.sessionId);
    const sent = await this.lectern.query<{ id: string }>(`SELECT obligation_id AS id FROM attempts WHERE session_id = ?`, [run.sessionId]);
    const url = await this.wayIn(run);
    const change = this.change(kind, leadMs);
    const preview = await this.post<Described>(run, change, true);
    const made = await this.post<Made['made']>(run, change);
    if (preview.status !== 200 || made.status !== 200) throw new Error(JSON.stringify([preview, made]));
    const suppressed = await this.lectern.query<Entry>(
      `SELECT o.person_id, o.kind, o.step, o.channel FROM obligations o JOIN changes c ON c.session_id = o.session_id AND c.made_at = o.ended_at
       WHERE o.session_id = ? AND o.reason IN ('session-moved', 'session-cancelled')`,
      [run.sessionId],
    );
    const link =
      url &&
      (await this.lectern.until('the old link to be taken back', async () => {
        const answer = await fetch(url);
        const text = await answer.text();
        return answer.status !== 200 && { status: answer.status, text };
      }));
    const after = await this.lectern.session(run.sessionId);
    run.made = {
      preview: preview.body,
      made: made.body,
      sentBefore: sent.map((s) => s.id),
      suppressed,
      link: link || null,
      oldTime: when(before.startsAt),
      newTime: when(after.startsAt),
    };
  }

  private snapshot = async (run: Run): Promise<unknown> => [
    await this.lectern.query('SELECT rev, starts_at, ends_at, room_at, price_minor FROM sessions WHERE id = ?', [run.sessionId]),
    await this.count('changes WHERE session_id = ?', run.sessionId),
    await this.count(`held_steps WHERE session_id = ? AND state = 'withdrawn' AND kind <> 'no-show'`, run.sessionId),
    await this.count(`obligations WHERE session_id = ? AND kind = 'change'`, run.sessionId),
    await this.count(`journals WHERE session_id = ?`, run.sessionId),
  ];

  async refuse(run: Run, phase: string, ...kinds: Kind[]): Promise<void> {
    for (const kind of kinds) {
      const before = await this.snapshot(run);
      const preview = await this.post<{ code: string }>(run, this.change(kind), true);
      const answer = await this.post<{ code: string; message: string }>(run, this.change(kind));
      (run.refused[phase] ??= []).push({
        kind,
        preview: { status: preview.status, code: preview.body.code },
        answer: { status: answer.status, code: answer.body.code, message: answer.body.message },
        before,
        after: await this.snapshot(run),
      });
    }
  }
}
