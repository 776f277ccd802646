import { SYSTEM } from '../commands/context';
import { expireHeldStep } from '../commands/decide-held-step';
import { findHeldStep } from '../db/held-steps';
import { HOUR, Lectern, MINUTE, type Cast } from './support/lectern';
import { OwnOrganisation } from './support/organisation';
import { editedPolicies, publish } from './support/rule-files';

const KINDS = ['reassign', 'swap', 'add', 'drop', 'room'] as const;

jest.setTimeout(240_000);
const shared = new Lectern();
let own: OwnOrganisation;
let service: Record<string, string>;
beforeAll(async () => {
  // Whomever and whatever room a service asks for waits for a person.
  own = await OwnOrganisation.of(shared, {
    'change.json': ({ rules }: { rules: object[] }) =>
      rules.unshift({
        id: 'service-asks',
        when: { and: [{ '==': [{ var: 'by' }, 'integrator'] }, { in: [{ var: 'kind' }, [...KINDS]] }] },
        then: { verdict: 'hold', chargePercent: 0 },
      }),
  });
  service = await own.key('Invented service', 'integrator');
});
afterAll(async () => {
  await own.close();
  await shared.close();
});

interface Step {
  id: string;
  version: number;
  hash: string;
}
const decisionsOn = async (stepId: string): Promise<number> =>
  (await own.query(`SELECT 1 FROM timeline WHERE kind = 'held-step.decided' AND data->>'heldStepId' = ?`, [stepId])).length;

async function heldBooking(leadMs: number): Promise<{ step: Step; sessionId: string }> {
  const pause = await own.api<{ id: string }>('POST', '/v1/ops/pause', { policy: 'admission', reason: 'Invented' });
  const sessionId = await own.book(await own.cast(1), leadMs);
  await own.api('POST', `/v1/ops/pause/${pause.body.id}/release`);
  return { sessionId, step: await own.openStep(sessionId, 'booking') };
}

test('approved, rejected, edited and expired at once, a review is decided once, and its update leaves at most once', async () => {
  const { cast, sessionId, step } = await own.underReview(await own.cast(1));
  const row = (await own.in((tx) => findHeldStep(tx, step.id)))!;
  const { organisationId, secret } = own.at;
  const ctx = { db: own.db, organisationId, principal: SYSTEM, asOf: own.now(), requestId: null, secret };
  const update = { subject: 'Edited', paragraphs: ['A person wrote this.'], claims: [], origin: 'extractive', notice: null };
  const answers = await Promise.all([
    ...[1, 2, 3].flatMap(() => [own.decide(step, 'approve'), own.decide(step, 'reject'), own.decide(step, 'approve', { edited: { update } })]),
    expireHeldStep(ctx, row).then(() => null),
  ]);
  const byPeople = answers.filter((a) => a !== null);
  const { state } = (await own.in((tx) => findHeldStep(tx, step.id)))!;
  expect(byPeople.filter((a) => a.status === 200)).toHaveLength(state === 'expired' ? 0 : 1);
  for (const a of byPeople.filter((b) => b.status !== 200)) expect(['already-decided', 'stale']).toContain(a.body.code);
  expect(await decisionsOn(step.id)).toBe(1);
  await own.closed(sessionId);
  expect((await own.mails(cast)).filter((m) => m.to.startsWith('gil') && /how the lesson went|^Edited/.test(m.subject)).length).toBeLessThanOrEqual(
    1,
  );
});

test('a booking approved twice, before and after its workflow continued as new, is approved once and confirmed once', async () => {
  const { step, sessionId } = await heldBooking(60 * MINUTE);
  expect((await own.decide(step, 'approve')).status).toBe(200);
  await own.status(sessionId, 'ready', 'live');
  expect(await own.decide(step, 'approve')).toMatchObject({ status: 409, body: { code: 'already-decided' } });
  expect(await decisionsOn(step.id)).toBe(1);
  const sent = await own.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM attempts a JOIN obligations o ON o.id = a.obligation_id
     WHERE a.session_id = ? AND o.kind = 'confirmation' AND a.state = 'sent' GROUP BY o.id`,
    [sessionId],
  );
  expect(sent).toEqual([{ n: 1 }]);
});

test('a double click counts once; with a key both are answered alike; a key does not stand for another answer', async () => {
  const [bare, keyed] = [await heldBooking(300 * HOUR), await heldBooking(302 * HOUR)];
  const clicks = await Promise.all([own.decide(bare.step, 'approve'), own.decide(bare.step, 'approve')]);
  expect(clicks.map((c) => c.status).sort()).toEqual([200, 409]);
  const body = { version: keyed.step.version, hash: keyed.step.hash, decision: 'approve' };
  const send = (said: object) =>
    own.api<{ code?: string }>('POST', `/v1/held-steps/${keyed.step.id}/decide`, said, { 'idempotency-key': `click-${keyed.step.id}` });
  const first = await send(body);
  expect(await send(body)).toEqual(first);
  expect(first.status).toBe(200);
  expect(await send({ ...body, decision: 'reject' })).toMatchObject({ status: 409, body: { code: 'idempotency-conflict' } });
  expect(await decisionsOn(keyed.step.id)).toBe(1);
});

test('a guardian who loses the right to be told between approval and sending is not told', async () => {
  const { cast, sessionId, step } = await own.underReview(await own.cast(1));
  const pause = await own.api<{ id: string }>('POST', '/v1/ops/pause', { kind: 'update', reason: 'Invented' });
  expect((await own.decide(step, 'approve')).status).toBe(200);
  const guardian = cast.guardianIds[0]!;
  const { body } = await own.api<{ version: number }>('GET', `/v1/people/${guardian}`);
  const students = [{ studentId: cast.studentIds[0]!, household: cast.tag, canNotify: false }];
  expect((await own.api('PATCH', `/v1/people/${guardian}`, { version: body.version, students })).status).toBe(200);
  await own.api('POST', `/v1/ops/pause/${pause.body.id}/release`);
  expect(await own.closed(sessionId)).toBe('settled');
  expect((await own.mails(cast)).filter((m) => m.to.startsWith('gil') && /how the lesson went/.test(m.subject))).toEqual([]);
});

type Kind = (typeof KINDS)[number];
interface Lesson {
  cast: Cast;
  other: Cast;
  sessionId: string;
  body: object;
}
const ask = <T = { code: string; heldStepId: string | null; previewToken: string; rev: number }>(
  { sessionId, body }: Lesson,
  headers: Record<string, string> = {},
  query = '',
) => own.api<T>('POST', `/v1/sessions/${sessionId}/changes${query}`, body, headers);

/** A booked lesson of two students, and what is asked of it. */
async function lessonFor(kind: Kind): Promise<Lesson> {
  const [cast, other] = [await own.cast(2), await own.cast(1)];
  const sessionId = await own.book(cast, 300 * HOUR);
  const named = {
    reassign: { instructorId: other.instructorId },
    swap: { withSessionId: kind === 'swap' ? await own.book(other, 310 * HOUR) : null },
    add: { studentId: other.studentIds[0] },
    drop: { studentId: cast.studentIds[0] },
    room: {},
  };
  // Who has been told nothing yet is told of no change.
  await own.until('the confirmations', async () => {
    const due = `SELECT 1 FROM obligations WHERE session_id = ? AND due_at <= ? AND state IN ('planned', 'claimed')`;
    return (await own.query(due, [sessionId, own.now()])).length === 0;
  });
  return { cast, other, sessionId, body: { kind, reason: 'illness', ...named[kind] } };
}
/** For every kind at once; what fails names its kind. */
const ofEveryKind = (work: (kind: Kind) => Promise<void>): Promise<void[]> =>
  Promise.all(
    KINDS.map((kind) =>
      work(kind).catch((error: Error) => {
        error.message = `${kind}: ${error.message}`;
        throw error;
      }),
    ),
  );
async function heldChange(kind: Kind): Promise<Lesson & { step: Step }> {
  const lesson = await lessonFor(kind);
  const { status, body } = await ask(lesson, service);
  expect({ status, isHeld: body.heldStepId !== null, rev: body.rev }).toEqual({ status: 202, isHeld: true, rev: 1 });
  const { items } = (await own.api<{ items: (Step & { kind: string })[] }>('GET', `/v1/held-steps?state=open&limit=100`)).body;
  const found = items.find((i) => i.id === body.heldStepId) ?? (await own.api<Step>('GET', `/v1/held-steps/${body.heldStepId}`)).body;
  return { ...lesson, step: found };
}
const changesOf = (sessionId: string) => own.query<{ kind: string }>('SELECT kind FROM changes WHERE session_id = ? ORDER BY rev', [sessionId]);
/** What was owed because of changes, by person and kind: each at most once. */
const noticesOf = (sessionId: string) =>
  own.query<{ personId: string; aboutId: string | null; step: string }>(
    `SELECT person_id, about_id, step FROM obligations WHERE session_id = ? AND kind = 'change' AND state <> 'suppressed'`,
    [sessionId],
  );
const once = (list: object[]): void => expect(new Set(list.map((n) => JSON.stringify(n))).size).toBe(list.length);

test('a held change is made once when it is approved, never when it is refused or nobody answers, and nobody hears of it before', () =>
  ofEveryKind(async (kind) => {
    const [yes, no, late] = [await heldChange(kind), await heldChange(kind), await heldChange(kind)];
    expect(await noticesOf(yes.sessionId)).toEqual([]);
    expect((await own.decide(no.step, 'reject')).status).toBe(200);
    const { organisationId, secret } = own.at;
    const row = (await own.in((tx) => findHeldStep(tx, late.step.id)))!;
    await expireHeldStep({ db: own.db, organisationId, asOf: own.now(), requestId: null, secret }, row);
    expect((await own.in((tx) => findHeldStep(tx, late.step.id)))!).toMatchObject({ state: 'expired', chosen: 'reject' });
    const clicks = await Promise.all([own.decide(yes.step, 'approve'), own.decide(yes.step, 'approve')]);
    expect(clicks.map((c) => c.status).sort()).toEqual([200, 409]);
    expect([await changesOf(yes.sessionId), await changesOf(no.sessionId), await changesOf(late.sessionId)]).toEqual([[{ kind }], [], []]);
    expect([...(await noticesOf(no.sessionId)), ...(await noticesOf(late.sessionId))]).toEqual([]);
    const told = await noticesOf(yes.sessionId);
    once(told);
    // Who had no way in yet has nothing to learn of another room.
    if (kind !== 'room') expect(told.length).toBeGreaterThan(0);
  }));

test('a held change that is approved while somebody cancels: the lesson is cancelled, and told so once', () =>
  ofEveryKind(async (kind) => {
    const { sessionId, step } = await heldChange(kind);
    const [approved, cancelled] = await Promise.all([
      own.decide(step, 'approve'),
      own.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel', reason: 'illness' }),
    ]);
    expect(cancelled.status).toBe(200);
    expect([200, 409]).toContain(approved.status);
    expect((await changesOf(sessionId)).map((c) => c.kind)).toEqual(approved.status === 200 ? [kind, 'cancel'] : ['cancel']);
    expect((await own.session(sessionId)).status).toBe('cancelled');
    const told = (await noticesOf(sessionId)).filter((n) => n.step === 'cancelled');
    once(told);
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(await own.query('SELECT 1 FROM participants WHERE session_id = ? AND holds_slot', [sessionId])).toEqual([]);
  }));

test('of two admins who commit one preview, one does and the other is told what differs', () =>
  ofEveryKind(async (kind) => {
    const lesson = await lessonFor(kind);
    const { body } = await ask(lesson, {}, '?preview=true');
    const bound = { ...lesson, body: { ...lesson.body, previewToken: body.previewToken } };
    const [ada, bob] = [await own.key('Ada', 'admin'), await own.key('Bob', 'admin')];
    const answers = await Promise.all([ask(bound, ada), ask(bound, bob)]);
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
    // Who adds or drops somebody a second time is told that nothing would change.
    expect(['stale', 'invalid-request', 'not-found']).toContain(answers.find((a) => a.status !== 200)!.body.code);
    expect(await changesOf(lesson.sessionId)).toEqual([{ kind }]);
    once(await noticesOf(lesson.sessionId));
  }));

test('changes that are committed while rules are published do what their preview showed, or are told what differs; each is told once', async () => {
  const lessons = await Promise.all(KINDS.map((kind) => lessonFor(kind)));
  const bound = await Promise.all(
    lessons.map(async (l) => ({ ...l, body: { ...l.body, previewToken: (await ask(l, {}, '?preview=true')).body.previewToken } })),
  );
  const policies = editedPolicies({ 'obligations.json': [['"offset": "-1h"', '"offset": "-2h"']] });
  const [published, ...answers] = await Promise.all([publish(own, policies, 'reminders an hour earlier'), ...bound.map((l) => ask(l))]);
  expect(published.status).toBe(201);
  for (const [i, { status, body }] of answers.entries()) {
    if (status !== 200) {
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'stale' });
      expect((await ask(lessons[i]!)).status).toBe(200);
    }
    expect(await changesOf(lessons[i]!.sessionId)).toHaveLength(1);
    once(await noticesOf(lessons[i]!.sessionId));
  }
});
