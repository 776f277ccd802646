import type { ActivityDeps } from '../activities/deps';
import { takeStep } from '../activities/steps';
import { HOUR, Lectern, MINUTE } from './support/lectern';

jest.setTimeout(240_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

test('a cancelled lesson is neither cancelled again nor moved, and is told what to do instead', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 60 * HOUR);
  const change = (body: object) => lectern.api<{ code: string; message: string }>('POST', `/v1/sessions/${sessionId}/changes`, body);
  expect((await change({ kind: 'cancel', reason: 'illness' })).status).toBe(200);
  const startsAt = new Date(+lectern.now() + 70 * HOUR);
  const move = { kind: 'reschedule', startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + 30 * MINUTE).toISOString() };
  for (const body of [{ kind: 'cancel' }, move]) {
    expect(await change(body)).toMatchObject({ status: 409, body: { code: 'illegal-move', message: expect.stringMatching(/Book a new session/) } });
  }
});

test('a step that was due at the old time and comes after the move does nothing', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 60 * HOUR);
  const { startsAt } = await lectern.session(sessionId);
  const move = { kind: 'reschedule', startsAt: new Date(+startsAt + 24 * HOUR).toISOString(), endsAt: new Date(+startsAt + 25 * HOUR).toISOString() };
  expect((await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, move)).status).toBe(200);
  const deps = { db: lectern.db, rooms: {}, secret: lectern.at.secret } as unknown as ActivityDeps;
  const late = { organisationId: lectern.at.organisationId, sessionId, asOf: +startsAt, rev: 1 };
  expect(await takeStep(deps, 'openLesson', late)).toMatchObject({ rev: 2, status: 'booked' });
  expect(await takeStep(deps, 'checkCoverage', late)).toMatchObject({ rev: 2, status: 'booked' });
});

test('a lesson is not moved into another of somebody who takes part, buffer and all', async () => {
  const cast = await lectern.cast(1);
  const there = await lectern.book(cast, 60 * HOUR);
  const { endsAt } = await lectern.session(there);
  const sessionId = await lectern.book(cast, 90 * HOUR);
  const into = (startsAt: Date) => ({
    kind: 'reschedule',
    startsAt: startsAt.toISOString(),
    endsAt: new Date(+startsAt + 30 * MINUTE).toISOString(),
  });
  const change = (startsAt: Date, preview = '') =>
    lectern.api<{ code: string; conflicts: unknown[] }>('POST', `/v1/sessions/${sessionId}/changes${preview}`, into(startsAt));
  const early = new Date(+endsAt - 62 * MINUTE);
  for (const clash of [endsAt, early]) {
    expect((await change(clash, '?preview=true')).body.conflicts.length).toBeGreaterThan(0);
    expect(await change(clash)).toMatchObject({ status: 409, body: { code: 'slot-clash' } });
  }
  const free = new Date(+endsAt + 5 * MINUTE);
  expect((await change(free, '?preview=true')).body.conflicts).toEqual([]);
  expect((await change(free)).status).toBe(200);
});

test('a held booking keeps its slot, expires, and then the slot is free again', async () => {
  const cast = await lectern.cast(1);
  const startsAt = new Date(+lectern.now() + 80 * HOUR);
  const unreachable = (
    await lectern.api<{ id: string }>('POST', '/v1/people', { kind: 'student', name: 'Una Unreachable', givenName: 'Una', zone: 'Europe/Berlin' })
  ).body.id;
  const request = {
    title: 'Held',
    startsAt: startsAt.toISOString(),
    endsAt: new Date(+startsAt + HOUR).toISOString(),
    studentIds: [unreachable],
    instructorId: cast.instructorId,
  };
  const held = await lectern.api<{ id: string; status: string }>('POST', '/v1/sessions', request);
  expect(held.status).toBe(202);
  expect((await lectern.api('POST', '/v1/sessions', { ...request, studentIds: cast.studentIds })).status).toBe(409);
  const step = await lectern.openStep(held.body.id, 'booking');
  expect((await lectern.decide(step, 'reject')).status).toBe(200);
  expect(await lectern.closed(held.body.id)).toBe('refused');
  expect((await lectern.api('POST', '/v1/sessions', { ...request, studentIds: cast.studentIds })).status).toBe(201);
});

test('two lessons of one student are each charged by a decision of their own', async () => {
  const cast = await lectern.cast(1);
  const cancelled = async (leadMs: number): Promise<string> => {
    const id = await lectern.book(cast, leadMs);
    expect((await lectern.api('POST', `/v1/sessions/${id}/changes`, { kind: 'cancel' })).status).toBe(200);
    await lectern.closed(id);
    return id;
  };
  const sessions = [await cancelled(60 * HOUR), await cancelled(10 * HOUR)];
  const decided = await lectern.query<{ sessionId: string; percent: number }>(
    `SELECT session_id, (outcome->>'percent')::int AS percent FROM decisions WHERE point = 'charge' AND session_id = ANY(?::uuid[]) ORDER BY as_of`,
    [`{${sessions.join(',')}}`],
  );
  expect(decided).toEqual([
    { sessionId: sessions[0], percent: 0 },
    { sessionId: sessions[1], percent: 50 },
  ]);
  const charged = await lectern.query<{ sessionId: string }>(
    `SELECT session_id FROM journals WHERE kind = 'charge' AND subject_id = ?`,
    cast.studentIds,
  );
  expect(charged).toEqual([{ sessionId: sessions[1] }]);
});
