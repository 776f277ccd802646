import { applyWaitingOf } from '../commands/apply-inbound';
import { SYSTEM } from '../commands/context';
import { storeInbound } from '../commands/inbound';
import { newId } from '../domain/ids';
import { HOUR, Lectern, MINUTE, type Cast } from './support/lectern';

jest.setTimeout(180_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

interface Event {
  state: string;
  reason: string | null;
  sessionId: string | null;
}
async function happen(type: string, data: object): Promise<Event> {
  const sent = await lectern.send(type, data);
  expect(sent.status).toBe(202);
  await lectern.applied(sent.body.id);
  return (await lectern.api<Event>('GET', `/v1/inbound/${sent.body.id}`)).body;
}

const inHours = (hours: number): { startsAt: string; endsAt: string } => {
  const startsAt = new Date(+lectern.now() + hours * HOUR);
  return { startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + 30 * MINUTE).toISOString() };
};
const bookingOf = (cast: Cast, externalId: string, hours: number): object => ({
  externalId,
  title: 'Booked elsewhere',
  studentIds: cast.studentIds,
  instructorId: cast.instructorId,
  ...inHours(hours),
});
const sessionsOf = (cast: Cast): Promise<{ id: string }[]> =>
  lectern.query('SELECT s.id FROM sessions s JOIN participants p ON p.session_id = s.id WHERE p.person_id = ?', [cast.instructorId]);

test('a lesson booked elsewhere is booked here once, and whoever sent it learns of a clash or a refusal', async () => {
  const cast = await lectern.cast(1);
  const externalId = `elsewhere-${newId()}`;
  const booked = await happen('session.booked', bookingOf(cast, externalId, 200));
  expect(booked).toMatchObject({ state: 'applied', reason: null, sessionId: expect.any(String) });
  expect((await lectern.api('GET', `/v1/sessions/${booked.sessionId}`)).body).toMatchObject({ status: 'booked', externalId });
  expect(await happen('session.booked', bookingOf(cast, externalId, 200))).toMatchObject({ state: 'applied', sessionId: booked.sessionId });
  expect(await happen('session.booked', bookingOf(cast, `${externalId}-2`, 200))).toMatchObject({
    state: 'refused',
    reason: expect.stringContaining('slot-clash'),
  });
  expect(await happen('session.booked', bookingOf(cast, `${externalId}-3`, -2))).toMatchObject({
    state: 'refused',
    reason: expect.stringContaining('refused-by-policy'),
  });
  expect(await sessionsOf(cast)).toEqual([{ id: booked.sessionId }]);
});

test('a lesson moved and cancelled elsewhere is so here, each once', async () => {
  const sessionId = await lectern.book(await lectern.cast(1), 200 * HOUR);
  const moved = inHours(230);
  expect(await happen('session.changed', { sessionId, kind: 'reschedule', ...moved })).toMatchObject({ state: 'applied', sessionId });
  expect((await lectern.session(sessionId)).startsAt.toISOString()).toBe(moved.startsAt);
  expect(await happen('session.changed', { sessionId, kind: 'cancel', reason: 'ill' })).toMatchObject({ state: 'applied', sessionId });
  expect(await lectern.session(sessionId)).toMatchObject({ status: 'cancelled', rev: 3 });
  expect(await happen('session.changed', { sessionId, kind: 'cancel' })).toMatchObject({
    state: 'refused',
    reason: expect.stringContaining('illegal-move'),
  });
});

test('an event that several apply at once changes a lesson once, and says that it did', async () => {
  const { organisationId, secret } = lectern.at;
  const ctx = () => ({ db: lectern.db, organisationId, principal: SYSTEM, asOf: lectern.now(), requestId: null, secret });
  for (let n = 0; n < 5; n++) {
    const sessionId = await lectern.book(await lectern.cast(1), (300 + n) * HOUR);
    const body = JSON.stringify({ type: 'session.changed', data: { sessionId, kind: 'reschedule', ...inHours(400 + n) } });
    const event = { source: 'invented', eventId: newId(), type: 'session.changed', occurredAt: lectern.now(), body, asOf: lectern.now() };
    const { id } = await storeInbound(lectern.db, organisationId, event);
    const faults: unknown[] = [];
    await Promise.all(Array.from({ length: 4 }, () => applyWaitingOf(ctx(), sessionId, (_id, error) => faults.push(error))));
    expect(faults).toEqual([]);
    expect(await lectern.applied(id)).toMatchObject({ state: 'applied', reason: null });
    expect(await lectern.query('SELECT rev, kind FROM changes WHERE session_id = ?', [sessionId])).toEqual([{ rev: 2, kind: 'reschedule' }]);
  }
});

test('who left, what was answered and what failed are kept as they were told', async () => {
  const cast = await lectern.cast(1);
  const [student] = cast.studentIds;
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await lectern.arrive(sessionId, cast.instructorId, student!);
  expect(await happen('poll.answered', { sessionId, personId: student, poll: 'How was it?', answer: 'good' })).toMatchObject({ state: 'applied' });
  expect(await happen('poll.answered', { sessionId, personId: newId(), poll: 'How was it?', answer: 'bad' })).toMatchObject({
    state: 'refused',
    reason: expect.stringContaining('not-found'),
  });
  expect(await happen('participant.left', { sessionId, personId: student, connection: 'laptop' })).toMatchObject({ state: 'applied' });
  expect(await happen('recording.failed', { sessionId, reason: 'the disk was full' })).toMatchObject({ state: 'applied' });
  const events = await lectern.query<{ kind: string; data: object }>(
    `SELECT kind, data FROM attendance_events WHERE session_id = ? AND person_id = ? AND kind <> 'link-opened' ORDER BY kind`,
    [sessionId, student],
  );
  expect(events).toEqual([
    { kind: 'joined', data: { connection: 'laptop' } },
    { kind: 'left', data: { connection: 'laptop' } },
    { kind: 'poll-answered', data: { poll: 'How was it?', answer: 'good' } },
  ]);
  expect(await lectern.query('SELECT state FROM recordings WHERE session_id = ?', [sessionId])).toEqual([{ state: 'failed' }]);
  const step = await lectern.openStep(sessionId, 'recording');
  expect(step.id).toEqual(expect.any(String));
});
