import { expireHeldStep } from '../commands/decide-held-step';
import { findHeldStep } from '../db/held-steps';
import { wallTimeOf } from '../domain/time';
import { Lectern, HOUR, MINUTE, type Cast } from './support/lectern';

jest.setTimeout(240_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

const verdictOf = async (sessionId: string, personId: string): Promise<{ verdict: string; verdictAt: Date | null }> =>
  (
    await lectern.query<{ verdict: string; verdictAt: Date | null }>(
      'SELECT verdict, verdict_at FROM participants WHERE session_id = ? AND person_id = ?',
      [sessionId, personId],
    )
  )[0]!;

test.concurrent('of ten instructors who take one student for the same hour at once, one gets them', async () => {
  const casts = await Promise.all(Array.from({ length: 10 }, () => lectern.cast(1)));
  const [studentId] = casts[0]!.studentIds;
  const startsAt = new Date(+lectern.now() + 90 * 24 * HOUR);
  const book = (cast: Cast, i: number) =>
    lectern.api<{ code?: string }>('POST', '/v1/sessions', {
      title: 'Raced',
      instructorId: cast.instructorId,
      studentIds: [studentId],
      startsAt: new Date(+startsAt + i * 5 * MINUTE).toISOString(),
      endsAt: new Date(+startsAt + HOUR + i * 5 * MINUTE).toISOString(),
    });
  const answers = await Promise.all(casts.map(book));
  expect(answers.map((a) => a.status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
  expect(answers.filter((a) => a.status === 409).map((a) => a.body.code)).toEqual(Array(9).fill('slot-clash'));
});

/** Nobody comes; the lesson is cancelled at some moment about its start and its grace. */
test.concurrent.each([-3, 0, 9, 15, 21])(
  'a lesson cancelled %i minutes from its start is either cancelled or missed, never both',
  async (minutes) => {
    const cast = await lectern.cast(1);
    const sessionId = await lectern.book(cast, 40 * MINUTE);
    const { startsAt } = await lectern.session(sessionId);
    await lectern.until('the moment', () => Promise.resolve(+lectern.now() >= +startsAt + minutes * MINUTE));
    const { status } = await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel' });
    expect([200, 409]).toContain(status);
    if (status === 409) return expect((await lectern.session(sessionId)).status).not.toBe('cancelled');
    expect(await lectern.closed(sessionId)).toBe('cancelled');
    const journals = await lectern.query<{ kind: string }>('SELECT kind FROM journals WHERE session_id = ? ORDER BY kind', [sessionId]);
    expect(journals.map((j) => j.kind)).toEqual(['charge', 'payout']);
    const mails = await lectern.mails(cast);
    const last = mails.filter((m) => m.to.startsWith('gil')).at(-1);
    expect(last?.subject).toMatch(/^Cancelled/);
    expect(mails.filter((m) => m.subject.startsWith('Cancelled')).length).toBe(2);
  },
);

test.concurrent.each([
  [-1, 'arrived'],
  [0, 'late'],
])('who joins %i ms from the instant at which they were said to be missing is %s', async (offsetMs, verdict) => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE, {}, 2 * HOUR);
  const { instructorId } = cast;
  const { verdictAt } = await lectern.until('the no-show', async () => {
    const seen = await verdictOf(sessionId, instructorId);
    return seen.verdict === 'no-show' && seen;
  });
  const sent = await lectern.send('participant.joined', { sessionId, personId: instructorId }, new Date(+verdictAt! + offsetMs));
  expect(await lectern.applied(sent.body.id)).toMatchObject({ state: 'applied' });
  expect((await verdictOf(sessionId, instructorId)).verdict).toBe(verdict);
});

test.concurrent('of an approval, a rejection, an edit and the deadline at once, one decides', async () => {
  const { cast, sessionId, step } = await lectern.underReview(await lectern.cast(1));
  const row = (await lectern.in((tx) => findHeldStep(tx, step.id)))!;
  const { organisationId, secret } = lectern.at;
  const edited = { update: { subject: 'Edited: how the lesson went', paragraphs: ['It went well.'] } };
  const [approved, rejected, edit] = await Promise.all([
    lectern.decide(step, 'approve'),
    lectern.decide(step, 'reject'),
    lectern.decide(step, 'approve', { edited }),
    expireHeldStep({ db: lectern.db, organisationId, asOf: lectern.now(), requestId: null, secret }, row),
  ]);
  const [end] = await lectern.query<{ state: string; chosen: string }>('SELECT state, chosen FROM held_steps WHERE id = ?', [step.id]);
  const winners = [approved, rejected, edit].filter((a) => a.status === 200).length;
  expect(winners).toBe(end!.state === 'expired' ? 0 : 1);
  expect(await lectern.closed(sessionId)).toBe('settled');
  const updates = (await lectern.mails(cast)).filter((m) => /how the lesson went/.test(m.subject));
  expect(updates).toHaveLength(end!.chosen === 'approve' ? 1 : 0);
});

test.concurrent('a booking that was approved before its run continued as a new one is not approved once more after it', async () => {
  const cast = await lectern.cast(1);
  const una = await lectern.api<{ id: string }>('POST', '/v1/people', {
    kind: 'student',
    name: `Una Invented${cast.tag}`,
    givenName: 'Una',
    zone: 'Europe/Berlin',
  });
  const sessionId = await lectern.book({ ...cast, studentIds: [...cast.studentIds, una.body.id] }, 60 * MINUTE);
  const step = await lectern.openStep(sessionId, 'booking');
  expect((await lectern.decide(step, 'approve')).status).toBe(200);
  await lectern.status(sessionId, 'ready', 'live', 'documenting', 'settling', 'settled');
  expect(await lectern.decide(step, 'approve')).toMatchObject({ status: 409, body: { code: 'already-decided' } });
  const booked = await lectern.query(`SELECT 1 AS one FROM timeline WHERE session_id = ? AND kind = 'held-step.decided'`, [sessionId]);
  expect(booked).toHaveLength(1);
});

test.concurrent('a guardian who loses the right between the approval and the morning is not sent the update', async () => {
  const { cast, sessionId, step } = await lectern.underReview(await lectern.cast(1));
  const [guardianId] = cast.guardianIds;
  const clock = (hours: number): string => wallTimeOf(+lectern.now() + hours * HOUR, 'Europe/Berlin').slice(11, 16);
  const change = (body: object) => lectern.api<{ version: number }>('PATCH', `/v1/people/${guardianId}`, body);
  const asleep = await change({ version: 1, quietFrom: clock(-2), quietTo: clock(4) });
  expect((await lectern.decide(step, 'approve')).status).toBe(200);
  const students = [{ studentId: cast.studentIds[0], household: cast.tag, canNotify: false }];
  expect((await change({ version: asleep.body.version, students })).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  expect((await lectern.mails(cast)).filter((m) => /how the lesson went/.test(m.subject))).toEqual([]);
  const [update] = await lectern.query<{ state: string; reason: string }>(
    `SELECT state, reason FROM obligations WHERE session_id = ? AND kind = 'update'`,
    [sessionId],
  );
  expect(update).toMatchObject({ state: 'suppressed', reason: expect.any(String) });
});
