import { afterPause, lessonIs, type Waiting } from '../domain/pauses';
import { verify } from '../runtime/verify';
import { systemContext } from '../runtime/organisation';
import { pause as brake, releasePause } from '../commands/pause';
import { rows, type Database, type Tx } from '../db/database';
import { pauseById } from '../db/pauses';
import { Client, Connection } from '@temporalio/client';
import { Importing, removeFiles, type Files } from './support/imports';
import { HOUR, Lectern, MINUTE, type Cast } from './support/lectern';
import { OwnOrganisation } from './support/organisation';

jest.setTimeout(240_000);
const shared = new Lectern();
afterAll(async () => {
  await shared.close();
  removeFiles();
});

interface Pause {
  id: string;
  scope: string;
  value: string | null;
  waiting: number;
  underWay: number;
  released: { by: string; sent: number; suppressed: number } | null;
}

describe('what a release lets go', () => {
  const at = (minutes: number): Date => new Date(Date.UTC(2026, 0, 5) + minutes * MINUTE);
  const row = (more: Partial<Waiting>): Waiting => ({
    id: 'a',
    sessionId: 's',
    personId: 'p',
    aboutId: null,
    kind: 'reminder',
    dueAt: at(0),
    deadlineAt: at(120),
    startsAt: at(40),
    endsAt: at(100),
    collapse: 'reminder',
    ...more,
  });

  test.each<[string, Waiting[], Record<string, string>]>([
    ['a reminder that still makes sense leaves', [row({})], {}],
    ['of several reminders the last leaves', [row({}), row({ id: 'b', dueAt: at(5) })], { a: 'collapsed-into-later' }],
    ['two that were due at once are one', [row({}), row({ id: 'b' })], { a: 'collapsed-into-later' }],
    [
      'a confirmation says what a reminder would',
      [row({}), row({ id: 'b', kind: 'confirmation', collapse: null })],
      { a: 'collapsed-into-confirmation' },
    ],
    [
      'three of a group become one',
      [row({}), row({ id: 'b', dueAt: at(5) }), row({ id: 'c', dueAt: at(7) })],
      { a: 'collapsed-into-later', b: 'collapsed-into-later' },
    ],
    ['what the plan puts in no group leaves each by itself', [row({ collapse: null }), row({ id: 'b', dueAt: at(5), collapse: null })], {}],
    ['another group is another thing', [row({}), row({ id: 'b', dueAt: at(5), collapse: 'papers' })], {}],
    ['another person, student or lesson has reminders of their own', [row({}), row({ id: 'b', personId: 'q' }), row({ id: 'c', aboutId: 'x' })], {}],
    ['what came too late does not leave', [row({ deadlineAt: at(9) })], { a: 'paused' }],
    ['what the rules call pointless does not leave', [row({ endsAt: at(10) })], { a: 'paused' }],
    ['a way in still leaves while the lesson is under way', [row({ kind: 'credential', startsAt: at(5), collapse: null })], {}],
    ['one that came too late takes no other with it', [row({}), row({ id: 'b', dueAt: at(5), deadlineAt: at(9) })], { b: 'paused' }],
    ['what is told after a lesson still is', [row({ kind: 'update', endsAt: at(-60), collapse: null })], {}],
  ])('%s', (_name, waiting, ended) => {
    expect(
      Object.fromEntries(afterPause(waiting, at(10), (w) => w.kind !== 'update' && lessonIs(w, at(10)) === 'over').map((e) => [e.id, e.reason])),
    ).toEqual(ended);
  });
});

interface Row {
  then: { kind: string; step: string; offset: string; deadline: string };
}
/** Two reminders within the hour before a lesson, so that a pause covers both. */
const soon = (document: never): void => {
  for (const { then } of (document as { rules: Row[] }).rules) {
    if (then.kind === 'reminder') Object.assign(then, { offset: then.step === 'day-before' ? '-50m' : '-40m', deadline: '3h' });
  }
};

describe('an organisation that pauses', () => {
  let own: OwnOrganisation;
  beforeAll(async () => {
    own = await OwnOrganisation.of(shared, { 'obligations.json': soon });
  });
  afterAll(() => own.close());

  const paused = async (what: object): Promise<Pause> => {
    const { status, body } = await own.api<Pause>('POST', '/v1/ops/pause', { reason: 'Invented trouble', ...what });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body;
  };
  const release = async ({ id }: Pause): Promise<Pause> => (await own.api<Pause>('POST', `/v1/ops/pause/${id}/release`)).body;
  const now = async ({ id }: Pause): Promise<Pause> => (await own.api<Pause>('GET', `/v1/ops/pause/${id}`)).body;
  const ends = (sessionId: string, kind: string) =>
    own.query<{ state: string; reason: string | null; step: string; personId: string }>(
      'SELECT state, reason, step, person_id FROM obligations WHERE session_id = ? AND kind = ? ORDER BY due_at',
      [sessionId, kind],
    );
  const reminders = async (cast: Cast): Promise<string[]> =>
    (await own.mails(cast)).filter((m) => m.to.startsWith('gil') && m.key.endsWith('.email')).map((m) => m.key.split('.')[0]!);

  test('two thousand messages that waited are looked at together: whoever waits for a lesson is reminded once, in few statements', async () => {
    const LESSONS = 400;
    const startsAt = new Date(Math.ceil((+own.now() + 26 * HOUR) / MINUTE) * MINUTE);
    const lines = (header: string, line: (n: number) => string): string => [header, ...Array.from({ length: LESSONS }, (_, n) => line(n))].join('\n');
    const who = (kind: string, letter: string) => (n: number) =>
      `${letter}-${n},${kind},Invented ${letter}${n},${letter}${n}@many.example.invalid,Europe/Berlin`;
    const people = ['student', 'guardian', 'instructor'].map((kind) => [
      `people-${kind}.csv`,
      lines('externalId,kind,name,email,zone', who(kind, kind[0]!)).replaceAll(/^(s-\d+,\w+,[^,]+),[^,]+/gm, '$1,'),
    ]);
    const files = {
      ...Object.fromEntries(people),
      'guardianships.csv': lines('student,guardian', (n) => `s-${n},g-${n}`),
      'sessions.csv': lines('externalId,title,startsAt,minutes,students,instructor', (n) => `l-${n},Many,${startsAt.toISOString()},60,s-${n},i-${n}`),
    } as Files;
    const takenBack = new Error('taken back');
    const { organisationId, secret } = own.at;
    // All of it in one transaction that is taken back: no worker sees these lessons.
    const tried = own.db.inOrganisation(organisationId, async (outer) => {
      let said = 0;
      const tx: Tx = { ...outer, raw: (...of) => (said++, outer.raw(...of)), send: (...of) => (said++, outer.send(...of)), last: (read) => read() };
      const db: Database = { ...own.db, inOrganisation: (_id, work) => work(tx) };
      const ctx = systemContext(db, organisationId, { secret, asOf: own.now() });
      const { id } = await brake(ctx, { scope: 'all', value: null, reason: 'Invented trouble', until: null });
      expect(await new Importing(own, ctx).bring(files)).toMatchObject({ faultCount: 0, held: 0 });
      const then = { ...ctx, asOf: new Date(+startsAt - 30 * MINUTE) };
      const waiting = (await pauseById(tx, then.asOf, id))!.waiting;
      expect(waiting).toBeGreaterThanOrEqual(2_000);
      said = 0;
      const released = await releasePause(then, id);
      expect(said).toBeLessThan(60);
      expect(released.sent! + released.suppressed!).toBe(waiting);
      expect(await releasePause(then, id)).toEqual(released);
      // What leaves: to each one reminder at most, and of each lesson the same.
      const left = await rows<{ kind: string; n: number; people: number }>(
        tx,
        `SELECT o.kind, count(*)::int AS n, count(DISTINCT o.person_id)::int AS people FROM obligations o JOIN sessions s ON s.id = o.session_id
         WHERE s.title = 'Many' AND o.state = 'planned' AND o.due_at <= ? GROUP BY 1 ORDER BY 1`,
        [then.asOf],
      );
      expect(left.reduce((sum, { n }) => sum + n, 0)).toBe(released.sent);
      for (const { kind, n, people: each } of left) expect([kind, n]).toEqual([kind, each]);
      expect(left.filter(({ n }) => n % LESSONS !== 0)).toEqual([]);
      expect(left.map(({ kind }) => kind)).toContain('reminder');
      throw takenBack;
    });
    await expect(tried).rejects.toBe(takenBack);
  });

  test('no reminder leaves before the release, and after it one for each person; of a lesson that is over none', async () => {
    const pause = await paused({ kind: 'reminder' });
    const [ahead, over] = [await own.cast(1), await own.cast(1)];
    const sessionId = await own.book(ahead, 120 * MINUTE);
    const past = await own.book(over, 55 * MINUTE, {}, 15 * MINUTE);
    await own.until('both reminders of the one to wait, and the lesson of the other to be over', async () => {
      const [{ n } = { n: 0 }] = await own.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM obligations WHERE session_id = ? AND kind = 'reminder' AND state = 'planned' AND due_at <= ?`,
        [sessionId, own.now()],
      );
      return n >= 5 && (await own.session(past)).endsAt < own.now();
    });
    const kinds = await own.query<{ kind: string }>(
      `SELECT DISTINCT o.kind FROM attempts a JOIN obligations o ON o.id = a.obligation_id WHERE a.session_id = ? ORDER BY 1`,
      [sessionId],
    );
    expect(kinds.map((k) => k.kind)).toEqual(expect.arrayContaining(['assignment', 'confirmation']));
    expect(kinds.map((k) => k.kind)).not.toContain('reminder');
    const waiting = (await now(pause)).waiting;
    expect(waiting).toBeGreaterThanOrEqual(8);
    const released = await release(pause);
    expect(released.released).toMatchObject({ by: 'Ada Admin' });
    expect(released.released!.sent + released.released!.suppressed).toBeGreaterThanOrEqual(waiting);
    expect(await release(pause)).toEqual(released);
    const guardian = ahead.guardianIds[0]!;
    await own.until('the reminder to leave', async () =>
      (await ends(sessionId, 'reminder')).every((o) => o.state !== 'planned' && o.state !== 'claimed'),
    );
    expect((await ends(sessionId, 'reminder')).filter((o) => o.personId === guardian)).toMatchObject([
      { step: 'day-before', state: 'suppressed', reason: 'collapsed-into-later' },
      { step: 'hour-before', state: 'delivered' },
    ]);
    expect((await ends(past, 'reminder')).map((o) => `${o.state} ${o.reason}`)).toEqual(Array(5).fill('suppressed paused'));
    const told = (await own.query<{ id: string }>(`SELECT id FROM obligations WHERE session_id = ? AND kind = 'reminder'`, [sessionId])).map(
      (o) => o.id,
    );
    expect((await reminders(ahead)).filter((id) => told.includes(id))).toHaveLength(1);
    const { body } = await own.api<{ items: { kind: string; data: object }[] }>('GET', `/v1/sessions/${past}/timeline?limit=200`);
    expect(body.items.find((e) => e.kind === 'pause.released')?.data).toEqual({ leave: 0, suppressed: 5 });
    // Why is a decision for each kind and state of a lesson, however many messages waited.
    const decided = await own.query(
      `SELECT seq, outcome ->> 'verdict' AS verdict FROM decisions WHERE point = 'release' AND subject = ? ORDER BY 1`,
      [pause.id],
    );
    expect(decided).toContainEqual({ seq: 'reminder:over', verdict: 'drop' });
    expect(decided.length).toBeLessThanOrEqual(3);
  });

  test('a pause that has been answered is seen by every claim, and what was under way leaves once', async () => {
    const casts = await Promise.all(Array.from({ length: 6 }, () => own.cast(3)));
    const sessions = Promise.all(casts.map((cast) => own.book(cast, 300 * HOUR)));
    const pause = await own.until('messages to leave', async () => {
      const [{ n } = { n: 0 }] = await own.query<{ n: number }>(`SELECT count(*)::int AS n FROM attempts WHERE claimed_at > ?`, [
        new Date(+own.now() - 20 * MINUTE),
      ]);
      return n > 3 && paused({ all: true });
    });
    const claims = async (): Promise<string[]> => (await own.query<{ id: string }>('SELECT id FROM attempts ORDER BY id')).map((a) => a.id);
    const before = await claims();
    const ids = await sessions;
    await own.until('what was under way to be sent', async () => (await now(pause)).underWay === 0);
    await own.until('every workflow to have looked', async () => {
      const [{ n } = { n: 1 }] = await own.query<{ n: number }>('SELECT count(*)::int AS n FROM outbox WHERE delivered_at IS NULL');
      const [{ due } = { due: 1 }] = await own.query<{ due: number }>('SELECT count(*)::int AS due FROM sessions WHERE next_due_at <= ?', [
        own.now(),
      ]);
      return n === 0 && due === 0;
    });
    expect(await claims()).toEqual(before);
    await release(pause);
    for (const [i, sessionId] of ids.entries()) {
      await own.until('the confirmations', async () =>
        (await ends(sessionId, 'confirmation')).every((o) => !['planned', 'claimed'].includes(o.state)),
      );
      const sent = (await own.mails(casts[i]!)).filter((m) => m.to.startsWith('gil')).map((m) => m.to);
      expect(sent.sort()).toEqual([...new Set(sent)].sort());
      expect(sent).toHaveLength(3);
    }
  });

  test('what a paused policy would decide waits for a person, and says why', async () => {
    const pauses = [await paused({ policy: 'change' }), await paused({ policy: 'obligations' })];
    const cast = await own.cast(1);
    const sessionId = await own.book(cast, 400 * HOUR);
    const plan = await own.openStep(sessionId, 'plan');
    const { body: step } = await own.api<{ reason: string }>('GET', `/v1/held-steps/${plan.id}`);
    expect(step.reason).toContain('The policy is paused.');
    expect(await own.query('SELECT 1 FROM obligations WHERE session_id = ?', [sessionId])).toEqual([]);
    const preview = await own.api<{ verdict: string }>('POST', `/v1/sessions/${sessionId}/changes?preview=true`, { kind: 'cancel' });
    expect(preview.body.verdict).toBe('hold');
    const held = await own.api<{ heldStepId: string; why: string }>('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel' });
    expect(held).toMatchObject({ status: 202, body: { why: expect.stringContaining('paused') } });
    for (const pause of pauses) await release(pause);
    await own.decide(plan, 'plan-all');
    await own.until('the confirmation that a person let go', async () =>
      (await ends(sessionId, 'confirmation')).some((o) => o.state === 'delivered'),
    );
    const cancelled = await own.api<{ verdict: string }>('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel' });
    expect(cancelled).toMatchObject({ status: 200, body: { verdict: 'allow' } });
  });

  test('the booking of a paused admission is held', async () => {
    const pause = await paused({ policy: 'admission' });
    const sessionId = await own.book(await own.cast(1), 500 * HOUR);
    expect((await own.session(sessionId)).status).toBe('held');
    await release(pause);
    await own.decide(await own.openStep(sessionId, 'booking'), 'reject');
  });

  test('a pause until an instant ends by itself, and what waited leaves', async () => {
    const pause = await paused({ channel: 'email', until: new Date(+own.now() + 30 * MINUTE).toISOString() });
    const cast = await own.cast(1);
    const sessionId = await own.book(cast, 600 * HOUR);
    await own.until('the confirmation to leave', async () => (await ends(sessionId, 'confirmation')).some((o) => o.state === 'delivered'));
    expect((await now(pause)).released).toMatchObject({ by: 'its own end' });
  });

  test('the same thing is paused once, what does not exist is named, and others are not concerned', async () => {
    const pause = await paused({ channel: 'sms' });
    expect(await own.api('POST', '/v1/ops/pause', { channel: 'sms', reason: 'again' })).toMatchObject({
      status: 409,
      body: { code: 'already-exists', details: { id: pause.id } },
    });
    expect(await own.api('POST', '/v1/ops/pause', { kind: 'remainder', reason: 'x' })).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
    expect(await own.api('POST', '/v1/ops/pause', { kind: 'reminder', all: true, reason: 'x' })).toMatchObject({ status: 400 });
    expect((await own.api<{ items: Pause[] }>('GET', '/v1/ops/pause')).body.items).toMatchObject([{ id: pause.id, scope: 'channel', value: 'sms' }]);
    expect((await shared.api('GET', `/v1/ops/pause/${pause.id}`)).status).toBe(404);
    expect((await shared.api('POST', `/v1/ops/pause/${pause.id}/release`)).status).toBe(404);
    await release(pause);
  });

  test('the database is as it should be: what was decided under a pause is decided so again', async () => {
    const connection = await Connection.connect({ address: own.at.temporalAddress });
    const found = await verify(own.db, new Client({ connection }), own.now());
    await connection.close();
    const decisions = (await own.query<{ id: string }>('SELECT id FROM decisions')).map((d) => d.id);
    expect(found.findings.filter((f) => decisions.includes(f.id))).toEqual([]);
    expect(decisions.length).toBeGreaterThan(20);
  });
});
