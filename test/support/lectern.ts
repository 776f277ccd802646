import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { openDatabase, rows, type Database, type Tx } from '../../db/database';
import { businessNow, type BusinessClock } from '../../domain/clock';
import { newId } from '../../domain/ids';
import { SYSTEM } from '../../commands/context';
import { createSource } from '../../commands/sources';

interface Connection {
  url: string;
  home: string;
  databaseUrl: string;
  databaseOwnerUrl: string;
  temporalAddress: string;
  smtpUrl: string;
  catcherUrl: string;
  secret: string;
  organisationId: string;
  adminKey: string;
  clock: BusinessClock;
}

export interface Answer<T = Record<string, never>> {
  status: number;
  body: T;
}
export interface Mail {
  id: string;
  messageId: string;
  to: string;
  subject: string;
  text: string;
  key: string;
}
export interface Cast {
  tag: string;
  instructorId: string;
  studentIds: string[];
  guardianIds: string[];
}

interface Taught {
  present: readonly string[];
  lines: readonly object[];
  title: string;
  lengthMs: number;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A test's hold on the Lectern under test. Nothing here reaches inside: API, webhooks, join button, mail sink, database. */
export class Lectern {
  readonly at: Connection;
  readonly db: Database;
  /** How long an outcome is waited for; more where a test keeps the machine busy by itself. */
  patienceMs = 90_000;
  private source: { name: string; secret: string } | undefined;
  private readonly caught: Mail[] = [];
  private catching: Promise<unknown> = Promise.resolve();

  /** `mailSince`: what reached the sink before is not looked at, because other tests have sent it. */
  constructor(
    connection: string = process.env.LECTERN_UNDER_TEST!,
    private readonly mailSince: string | null = connection === process.env.LECTERN_UNDER_TEST ? new Date().toISOString() : null,
  ) {
    this.at = JSON.parse(connection) as Connection;
    this.db = openDatabase({ url: this.at.databaseUrl, poolMax: 6, applicationName: 'lectern-test' });
  }

  now(): Date {
    return new Date(businessNow(this.at.clock, Date.now()));
  }

  in<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.inOrganisation(this.at.organisationId, work);
  }

  query<T>(sql: string, bindings: unknown[] = []): Promise<T[]> {
    return this.in((tx) => rows<T>(tx, sql, bindings));
  }

  async api<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const answer = await fetch(this.at.url + path, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${this.at.adminKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text) as T };
  }

  /** An instructor, students, and a guardian for each; addresses that nobody else has. */
  async cast(students = 1, more: { consents?: readonly ('recording' | 'ai')[]; studentMail?: boolean } = {}): Promise<Cast> {
    const tag = newId().slice(0, 8);
    const granted = more.consents ?? ['recording', 'ai'];
    const consents = (['recording', 'ai'] as const).map((kind) => ({ kind, granted: granted.includes(kind), textVersion: 't', method: 'test' }));
    const person = async (body: object): Promise<string> => {
      const answer = await this.api<{ id: string }>('POST', '/v1/people', { zone: 'Europe/Berlin', ...body });
      if (answer.status !== 201) throw new Error(JSON.stringify(answer));
      return answer.body.id;
    };
    const instructorId = await person({
      kind: 'instructor',
      name: `Ines Invented${tag}`,
      givenName: 'Ines',
      email: `ines.${tag}@example.invalid`,
      consents,
    });
    const studentIds: string[] = [];
    const guardianIds: string[] = [];
    for (let i = 0; i < students; i++) {
      const studentId = await person({
        kind: 'student',
        name: `Stu${i} Invented${tag}`,
        givenName: `Stu${i}`,
        consents,
        ...(more.studentMail ? { email: `stu${i}.${tag}@example.invalid` } : {}),
      });
      studentIds.push(studentId);
      guardianIds.push(
        await person({
          kind: 'guardian',
          name: `Gil${i} Invented${tag}`,
          givenName: `Gil${i}`,
          email: `gil${i}.${tag}@example.invalid`,
          students: [{ studentId, household: tag }],
        }),
      );
    }
    return { tag, instructorId, studentIds, guardianIds };
  }

  /** A further guardian of a student of a cast, in a household of their own; gives their address. */
  async guardian(cast: Cast, student: number, more: object): Promise<string> {
    const email = `gil.${newId().slice(0, 8)}.${cast.tag}@example.invalid`;
    const students = [{ studentId: cast.studentIds[student]!, household: email }];
    const body = { kind: 'guardian', name: 'Gil Invented', givenName: 'Gil', zone: 'Europe/Vienna', email, students, ...more };
    const answer = await this.api<{ id: string }>('POST', '/v1/people', body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer));
    cast.guardianIds.push(answer.body.id);
    return email;
  }

  /** Books a lesson `leadMs` of business time from now; it is booked or held. */
  async book(cast: Cast, leadMs: number, more: object = {}, lengthMs = 30 * MINUTE): Promise<string> {
    const startsAt = new Date(+this.now() + leadMs);
    const answer = await this.api<{ id: string }>('POST', '/v1/sessions', {
      title: 'Invented lesson',
      startsAt: startsAt.toISOString(),
      endsAt: new Date(+startsAt + lengthMs).toISOString(),
      studentIds: cast.studentIds,
      instructorId: cast.instructorId,
      ...more,
    });
    if (answer.status !== 201 && answer.status !== 202) throw new Error(JSON.stringify(answer));
    return answer.body.id;
  }

  async session(id: string): Promise<{ status: string; rev: number; startsAt: Date; endsAt: Date; closedAt: Date | null }> {
    return (
      await this.query<{ status: string; rev: number; startsAt: Date; endsAt: Date; closedAt: Date | null }>('SELECT * FROM sessions WHERE id = ?', [
        id,
      ])
    )[0]!;
  }

  /** Waits for an outcome, never for a clock. Looks more seldom the longer it takes, and the busier the machine is that many look at. */
  async until<T>(what: string, look: () => Promise<T | false | null | undefined>, patienceMs = this.patienceMs): Promise<T> {
    const from = Date.now();
    for (let asked = from; asked < from + patienceMs; asked = Date.now()) {
      const found = await look();
      if (found !== false && found !== null && found !== undefined) return found;
      const answered = Date.now();
      await sleep(Math.min(1_000, Math.max(100, (answered - from) / 20, 3 * (answered - asked))));
    }
    throw new Error(`waited in vain for ${what}`);
  }

  status(id: string, ...wanted: string[]): Promise<string> {
    return this.until(`session ${id} to be ${wanted.join(' or ')}`, async () => {
      const { status } = await this.session(id);
      return wanted.includes(status) && status;
    });
  }

  closed(id: string): Promise<string> {
    return this.until(`session ${id} to be closed`, async () => {
      const { status, closedAt } = await this.session(id);
      return closedAt !== null && status;
    });
  }

  async send(type: string, data: object, at: Date = this.now(), id = `msg_${newId()}`): Promise<Answer<{ id: string; duplicate: boolean }>> {
    this.source ??= await (async () => {
      const name = `test-${newId().slice(0, 8)}`;
      const { organisationId, secret } = this.at;
      return { name, ...(await createSource({ db: this.db, organisationId, principal: SYSTEM, requestId: null, secret }, name)) };
    })();
    const payload = JSON.stringify({ type, timestamp: at.toISOString(), data });
    const now = new Date();
    return this.api('POST', `/v1/inbound/${this.source.name}`, payload, {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(+now / 1000)),
      'webhook-signature': new Webhook(this.source.secret).sign(id, now, payload),
      authorization: '',
    });
  }

  async applied(inboxId: string): Promise<{ state: string; reason: string | null }> {
    return this.until(`event ${inboxId} to be applied`, async () => {
      const answer = await this.api<{ state: string; reason: string | null }>('GET', `/v1/inbound/${inboxId}`);
      return answer.body.state !== 'received' && answer.body;
    });
  }

  /** Everything that reached the sink; it is asked for what is new alone. */
  async sink(): Promise<readonly Mail[]> {
    const look = async (): Promise<void> => {
      const since = this.caught.at(-1)?.id ?? this.mailSince;
      const answer = await fetch(`${this.at.catcherUrl}/messages?limit=10000${since === null ? '' : `&since=${since}`}`);
      this.caught.push(...((await answer.json()) as Mail[]));
    };
    // One after the other, or both would bring the same.
    const looked = this.catching.then(look, look);
    this.catching = looked;
    await looked;
    return this.caught;
  }

  /** The mails that reached the sink for the people of a cast. */
  async mails(cast: Cast): Promise<Mail[]> {
    return (await this.sink()).filter((m) => m.to.includes(cast.tag));
  }

  /** Everybody who is there joins, in time however late a busy machine sends it, and the recording runs. */
  async arrive(sessionId: string, ...personIds: string[]): Promise<void> {
    const { startsAt } = await this.session(sessionId);
    const at = new Date(Math.min(+this.now(), +startsAt + MINUTE));
    await Promise.all(personIds.map((personId) => this.send('participant.joined', { sessionId, personId, connection: 'laptop' }, at)));
    await this.send('recording.started', { sessionId });
  }

  /** A lesson that was taught and whose drafts wait for review. All students come, unless `present` says who. */
  async underReview(
    cast: Cast,
    { present = cast.studentIds, lines = TRANSCRIPT, title = 'Invented lesson', lengthMs = 30 * MINUTE }: Partial<Taught> = {},
  ): Promise<{ cast: Cast; sessionId: string; step: { id: string; version: number; hash: string } }> {
    const sessionId = await this.book(cast, 40 * MINUTE, { title }, lengthMs);
    // They come early, so that a busy machine cannot bring them too late.
    await this.arrive(sessionId, cast.instructorId, ...present);
    await this.status(sessionId, 'documenting');
    await this.send('transcript.ready', { sessionId, lines });
    return { cast, sessionId, step: await this.openStep(sessionId, 'documentation.review') };
  }

  async openStep(sessionId: string, kind: string): Promise<{ id: string; version: number; hash: string }> {
    return this.until(`held step ${kind}`, async () => {
      const { body } = await this.api<{ items: { id: string; version: number; hash: string; kind: string }[] }>(
        'GET',
        `/v1/held-steps?state=open&sessionId=${sessionId}`,
      );
      return body.items?.find((h) => h.kind === kind);
    });
  }

  decide<T = { code: string }>(step: { id: string; version: number; hash: string }, decision: string, more: object = {}): Promise<Answer<T>> {
    return this.api<T>('POST', `/v1/held-steps/${step.id}/decide`, { version: step.version, hash: step.hash, decision, ...more });
  }

  close(): Promise<void> {
    return this.db.close();
  }
}

/** An invented transcript of a few lines. */
export const TRANSCRIPT = [
  { start: '00:01.00', stop: '00:05.00', speaker: 'Tutor', dialogue: 'Today we look at fractions, what is a denominator?' },
  { start: '00:06.00', stop: '00:09.00', speaker: 'Student', dialogue: 'The bottom number of fractions.' },
  { start: '00:10.00', stop: '00:14.00', speaker: 'Tutor', dialogue: 'Exactly, good job with fractions.' },
  { start: '00:15.00', stop: '00:21.00', speaker: 'Tutor', dialogue: 'For next time practise page twelve at home please.' },
];
