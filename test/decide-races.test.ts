import { SYSTEM } from '../commands/context';
import { expireHeldStep } from '../commands/decide-held-step';
import { findHeldStep } from '../db/held-steps';
import { HOUR, Lectern, MINUTE } from './support/lectern';
import { OwnOrganisation } from './support/organisation';

jest.setTimeout(240_000);
const shared = new Lectern();
let own: OwnOrganisation;
beforeAll(async () => {
  own = await OwnOrganisation.of(shared);
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
