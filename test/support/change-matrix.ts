import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { timeForReader } from '../../domain/time';
import { crowd } from './crowd';
import { HOUR, MINUTE, TRANSCRIPT, type Cast, type Lectern } from './lectern';

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
interface HeldStep {
  id: string;
  version: number;
  hash: string;
  kind: string;
  deadlineAt: string | null;
  shown: { startsAt: string };
}

const rules = path.join(__dirname, '../../rules');
const filesOf = (kind: string) =>
  readdirSync(path.join(rules, kind)).map((file) => ({ file, text: readFileSync(path.join(rules, kind, file), 'utf8') }));

interface Admission {
  params: object;
  examples: { base: object };
}

/** The shipped rules, but with hours between the gates, so that a slow machine finds each phase, and a programme that is held. */
export async function publishMatrixRules(lectern: Lectern): Promise<void> {
  const edits: Record<string, [string, string]> = {
    'preparation.json': ['"coverageBefore": "15m"', '"coverageBefore": "12h"'],
    'obligations.json': ['"deadline": "1h"', '"deadline": "24h"'],
  };
  const policies = filesOf('policies').map(({ file, text }) => ({ file, text: edits[file] ? text.replaceAll(...edits[file]) : text }));
  const { params: _params, ...rest } = JSON.parse(policies.find((p) => p.file === 'admission.json')!.text) as Admission;
  const held = { verdict: 'hold', holdFor: '24h', price: 4500, pay: 3000, currency: 'EUR' };
  policies.push({
    file: 'held.admission.json',
    text: JSON.stringify({
      ...rest,
      appliesTo: { programme: 'held' },
      rules: [],
      otherwise: held,
      onMissing: held,
      examples: { base: rest.examples.base, cases: [{ id: 'any', given: {}, expect: { verdict: 'hold' } }] },
    }),
  });
  const answer = await lectern.api('POST', '/v1/rules/publish', { policies, messages: filesOf('messages'), message: 'hours between the gates' });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
}

const when = (at: Date): string => timeForReader(+at, 'Europe/Berlin', 'en');

export class Driver {
  constructor(readonly lectern: Lectern) {}

  private async start(students: number, leadMs: number, more: object = {}, lengthMs = 20 * MINUTE, consents = false): Promise<Run> {
    const cast = await crowd(this.lectern, students, consents);
    const startsAt = new Date(+this.lectern.now() + leadMs);
    const answer = await this.lectern.api<{ id: string }>('POST', '/v1/sessions', {
      title: 'Invented lesson',
      startsAt: startsAt.toISOString(),
      endsAt: new Date(+startsAt + lengthMs).toISOString(),
      studentIds: cast.studentIds,
      instructorId: cast.instructorId,
      ...more,
    });
    if (answer.status !== 201 && answer.status !== 202) throw new Error(JSON.stringify(answer));
    return { cast, sessionId: answer.body.id, refused: {}, made: null, hold: null, end: '' };
  }

  private count = async (sql: string, ...bindings: unknown[]): Promise<number> =>
    (await this.lectern.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, bindings))[0]!.n;

  private reached = (run: Run, kind: string): Promise<unknown> =>
    this.lectern.until(kind, async () => (await this.count('timeline WHERE session_id = ? AND kind = ?', run.sessionId, kind)) > 0);

  /** Nothing is due and nothing is on its way: what comes from here on, the change has brought. */
  private quiet = (run: Run): Promise<unknown> =>
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

  private change(kind: Kind, leadMs = 40 * MINUTE): object {
    const startsAt = new Date(+this.lectern.now() + leadMs);
    const times = { startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + 20 * MINUTE).toISOString() };
    return kind === 'cancel' ? { kind, reason: 'illness' } : { kind, ...times };
  }

  private async wayIn(run: Run): Promise<string | null> {
    const [mail] = await this.lectern.query<{ bodyText: string }>(
      `SELECT a.body_text FROM attempts a JOIN obligations o ON o.id = a.obligation_id WHERE o.session_id = ? AND o.kind = 'credential' LIMIT 1`,
      [run.sessionId],
    );
    return mail ? /(https?:\/\/\S+\/j\/[\w-]+)/.exec(mail.bodyText)![1]! : null;
  }

  private async make(run: Run, kind: Kind, leadMs?: number): Promise<void> {
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

  private async refuse(run: Run, phase: string, ...kinds: Kind[]): Promise<void> {
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

  private async step(run: Run, kind: string): Promise<HeldStep> {
    const { id } = await this.lectern.openStep(run.sessionId, kind);
    return (await this.lectern.api<HeldStep>('GET', `/v1/held-steps/${id}`)).body;
  }

  private async arrive(run: Run, ...absent: string[]): Promise<void> {
    await this.lectern.status(run.sessionId, 'ready', 'live');
    // As the rooms report it: all at once, and with the time at which it was, however late the report.
    const { startsAt } = await this.lectern.session(run.sessionId);
    const at = new Date(Math.min(+this.lectern.now(), +startsAt));
    const present = [run.cast.instructorId, ...run.cast.studentIds].filter((id) => !absent.includes(id));
    await Promise.all(
      present.map((personId) => this.lectern.send('participant.joined', { sessionId: run.sessionId, personId, connection: 'laptop' }, at)),
    );
  }

  /** Waits for the end, as a coordinator would: what a slow machine makes the rules hold is let go on. */
  private async finish(run: Run): Promise<Run> {
    const answers: Record<string, string> = { coverage: 'proceed', recording: 'proceed-without', 'no-show': 'arrived' };
    await this.lectern.until(`session ${run.sessionId} to be closed`, async () => {
      const { body } = await this.lectern.api<{ items: HeldStep[] }>('GET', `/v1/held-steps?state=open&sessionId=${run.sessionId}`);
      for (const open of body.items.filter((s) => answers[s.kind])) await this.lectern.decide(open, answers[open.kind]!);
      return (await this.lectern.session(run.sessionId)).closedAt !== null;
    });
    run.end = (await this.lectern.session(run.sessionId)).status;
    return run;
  }

  private async end(run: Run, kind: Kind): Promise<Run> {
    if (kind === 'reschedule') await this.arrive(run);
    return this.finish(run);
  }

  async held(students: number, kind: Kind): Promise<Run> {
    const run = await this.start(students, 8 * HOUR, { programme: 'held' });
    const before = await this.step(run, 'booking');
    // A hold ends with its own start at the latest: enough is left for the approval, on a slow machine as well.
    await this.make(run, kind, 5 * HOUR);
    if (kind === 'cancel') return this.finish(run);
    const after = await this.step(run, 'booking');
    const stale = (await this.lectern.decide(before, 'approve')).status;
    run.hold = { before, after, stale, approved: (await this.lectern.decide(after, 'approve')).status };
    return this.end(run, kind);
  }

  async booked(students: number, kind: Kind): Promise<Run> {
    const run = await this.start(students, 60 * HOUR);
    await this.quiet(run);
    await this.make(run, kind);
    return this.end(run, kind);
  }

  async room(students: number, kind: Kind): Promise<Run> {
    const run = await this.start(students, 23 * HOUR);
    await this.reached(run, 'credentials.issued');
    await this.quiet(run);
    await this.make(run, kind);
    return this.end(run, kind);
  }

  async ready(students: number, kind: Kind): Promise<Run> {
    const run = await this.start(students, 11 * HOUR);
    await this.lectern.status(run.sessionId, 'ready');
    await this.quiet(run);
    await this.make(run, kind);
    return this.end(run, kind);
  }

  async live(students: number): Promise<Run> {
    const run = await this.start(students, 40 * MINUTE, {}, 4 * HOUR);
    await this.arrive(run);
    await this.lectern.status(run.sessionId, 'live');
    await this.refuse(run, 'live', 'reschedule');
    await this.quiet(run);
    await this.make(run, 'cancel');
    return this.end(run, 'cancel');
  }

  /** The standard path, stopped at each wait after the lesson; one student opened the link and did not get in, so that settling waits too. */
  async standard(students: number): Promise<Run> {
    const run = await this.start(students, 2 * HOUR, {}, 20 * MINUTE, true);
    const [locked] = run.cast.studentIds;
    await this.lectern.status(run.sessionId, 'ready', 'live');
    await this.openLink(run, locked!);
    await this.arrive(run, locked!);
    await this.lectern.decide(await this.step(run, 'no-show'), 'excused');
    await this.lectern.status(run.sessionId, 'documenting');
    await this.refuse(run, 'awaiting transcript', 'cancel', 'reschedule');
    await this.lectern.send('transcript.ready', { sessionId: run.sessionId, lines: TRANSCRIPT });
    const review = await this.step(run, 'documentation.review');
    await this.refuse(run, 'awaiting review', 'cancel', 'reschedule');
    await this.lectern.decide(review, 'approve');
    const charge = await this.step(run, 'charge');
    await this.refuse(run, 'settling', 'cancel', 'reschedule');
    await this.lectern.decide(charge, 'waive');
    await this.finish(run);
    await this.refuse(run, 'settled', 'cancel', 'reschedule');
    return run;
  }

  private async openLink(run: Run, studentId: string): Promise<void> {
    const link = await this.lectern.until('the way in of a student', async () => {
      const [mail] = await this.lectern.query<{ bodyText: string }>(
        `SELECT a.body_text FROM attempts a JOIN obligations o ON o.id = a.obligation_id
         WHERE o.session_id = ? AND o.kind = 'credential' AND o.about_id = ? AND a.state = 'sent'`,
        [run.sessionId, studentId],
      );
      return mail && /(https?:\/\/\S+\/j\/[\w-]+)/.exec(mail.bodyText)![1];
    });
    await fetch(link);
  }
}
