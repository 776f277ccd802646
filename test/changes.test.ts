import type { ActivityDeps } from '../activities/deps';
import { takeStep } from '../activities/steps';
import { decide } from '../decisions/decide';
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

test('one question in one moment has an answer of its own in each session, and the same answer within one, or within none', async () => {
  const cast = await lectern.cast(1);
  const [one, two] = [await lectern.book(cast, 60 * HOUR), await lectern.book(cast, 70 * HOUR)];
  const question = {
    ...{ point: 'series', subject: cast.studentIds[0]!, rev: 1, seq: 'invented', facts: { isTrial: false, students: 1 } },
    ...{ labels: { programme: null, branch: null, subject: null }, bookedSetId: null, asOf: lectern.now() },
  };
  const ids: string[] = [];
  for (const sessionId of [one, one, two, null, null]) ids.push((await lectern.in((tx) => decide(tx, { ...question, sessionId }))).id);
  expect(ids.map((id) => ids.indexOf(id))).toEqual([0, 0, 2, 3, 3]);
});

const changeOf = <T = { code: string; message: string; previewToken: string }>(id: string, body: object, preview = '') =>
  lectern.api<T>('POST', `/v1/sessions/${id}/changes${preview}`, body);

test('two sessions that exchange instructors by two reassignments at once, at different times: both are made, and nobody waits for ever', async () => {
  const [a, b] = [await lectern.cast(1), await lectern.cast(1)];
  const [one, two] = [await lectern.book(a, 60 * HOUR), await lectern.book(b, 70 * HOUR)];
  const answers = await Promise.all([
    changeOf(one, { kind: 'reassign', instructorId: b.instructorId }),
    changeOf(two, { kind: 'reassign', instructorId: a.instructorId }),
  ]);
  expect(answers.map((x) => x.status)).toEqual([200, 200]);
});

test('at the same time neither can be given away, by one after the other; a swap exchanges them in one', async () => {
  const [a, b] = [await lectern.cast(1), await lectern.cast(1)];
  const [one, two] = [await lectern.book(a, 60 * HOUR), await lectern.book(b, 60 * HOUR)];
  const clashing = await Promise.all([
    changeOf(one, { kind: 'reassign', instructorId: b.instructorId }),
    changeOf(two, { kind: 'reassign', instructorId: a.instructorId }),
  ]);
  expect(clashing.map((x) => [x.status, x.body.code])).toEqual([
    [409, 'slot-clash'],
    [409, 'slot-clash'],
  ]);
  // From both sides at once: whoever comes second exchanges them back, and neither waits for the other for ever.
  const swaps = await Promise.all([changeOf(one, { kind: 'swap', withSessionId: two }), changeOf(two, { kind: 'swap', withSessionId: one })]);
  expect(swaps.map((x) => x.status)).toEqual([200, 200]);
  expect((await changeOf(one, { kind: 'swap', withSessionId: two })).status).toBe(200);
  const teaching = await lectern.query<{ sessionId: string; personId: string }>(
    `SELECT session_id, person_id FROM participants WHERE session_id = ANY(?::uuid[]) AND role = 'instructor'`,
    [`{${one},${two}}`],
  );
  expect(Object.fromEntries(teaching.map((p) => [p.sessionId, p.personId]))).toEqual({ [one]: b.instructorId, [two]: a.instructorId });
});

test('of two reassignments of one session by what its preview showed, one is made and the other is told that it is stale, and what differs', async () => {
  const [cast, b, c] = [await lectern.cast(1), await lectern.cast(1), await lectern.cast(1)];
  const sessionId = await lectern.book(cast, 60 * HOUR);
  // What a change takes back is otherwise once it has left.
  await lectern.until(
    'what is due at once to leave',
    async () =>
      (
        await lectern.query(`SELECT 1 FROM obligations WHERE session_id = ? AND due_at <= ? AND state IN ('planned', 'claimed')`, [
          sessionId,
          lectern.now(),
        ])
      ).length === 0,
  );
  const bodies = [b, c].map((other) => ({ kind: 'reassign', instructorId: other.instructorId }));
  const tokens = await Promise.all(bodies.map(async (body) => (await changeOf(sessionId, body, '?preview=true')).body.previewToken));
  const answers = await Promise.all(
    bodies.map((body, i) => changeOf<{ code: string; details: { difference: { path: string }[] } }>(sessionId, { ...body, previewToken: tokens[i] })),
  );
  expect(answers.map((x) => x.status).sort()).toEqual([200, 409]);
  const stale = answers.find((x) => x.status === 409)!.body;
  expect(stale.code).toBe('stale');
  expect(stale.details.difference.map((d) => d.path)).toContain('/rev');
  const former = await lectern.query('SELECT 1 FROM former_participants WHERE session_id = ?', [sessionId]);
  expect(former).toHaveLength(1);
});

test('of a cancellation and a move at once the session comes out as one of them, and never as half of each', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 60 * HOUR);
  const startsAt = new Date(+lectern.now() + 90 * HOUR);
  const move = { kind: 'reschedule', startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + 30 * MINUTE).toISOString() };
  const [cancelled, moved] = await Promise.all([changeOf(sessionId, { kind: 'cancel' }), changeOf(sessionId, move)]);
  expect(cancelled.status).toBe(200);
  expect([200, 409]).toContain(moved.status);
  expect((await lectern.session(sessionId)).status).toBe('cancelled');
  expect(await lectern.query('SELECT 1 FROM participants WHERE session_id = ? AND holds_slot', [sessionId])).toEqual([]);
});

test('a student is not taught by two at once, whoever adds them, and back-to-back is allowed', async () => {
  const [a, b] = [await lectern.cast(2), await lectern.cast(1)];
  const one = await lectern.book(a, 60 * HOUR);
  const [studentId] = b.studentIds;
  const { startsAt, endsAt } = await lectern.session(one);
  const at = (from: number) => ({ startsAt: new Date(from).toISOString(), endsAt: new Date(from + 30 * MINUTE).toISOString() });
  const clash = await lectern.api<{ id: string }>('POST', '/v1/sessions', {
    title: 'Clash',
    ...at(+startsAt + 10 * MINUTE),
    studentIds: b.studentIds,
    instructorId: b.instructorId,
  });
  expect(clash.status).toBe(201);
  expect(await changeOf(one, { kind: 'add', studentId })).toMatchObject({ status: 409, body: { code: 'slot-clash' } });
  expect((await changeOf(clash.body.id, { kind: 'reschedule', ...at(+endsAt + 5 * MINUTE) })).status).toBe(200);
  expect((await changeOf(one, { kind: 'add', studentId })).status).toBe(200);
});

test('a substitute who takes over a running lesson is awaited from then on, not from its start', async () => {
  const [cast, other] = [await lectern.cast(1), await lectern.cast(1)];
  const sessionId = await lectern.book(cast, 60 * MINUTE, {}, 3 * HOUR);
  await lectern.arrive(sessionId, ...cast.studentIds);
  await lectern.status(sessionId, 'live');
  const step = await lectern.openStep(sessionId, 'no-show');
  expect((await changeOf(sessionId, { kind: 'reassign', instructorId: other.instructorId })).status).toBe(200);
  const facts = await lectern.until('the first question about the substitute', async () => {
    const [found] = await lectern.query<{ facts: { lateBy: number }; asOf: Date; joinedAt: Date }>(
      `SELECT d.facts, d.as_of, p.joined_at FROM decisions d JOIN participants p ON p.session_id = d.session_id AND p.person_id::text = d.subject
       WHERE d.session_id = ? AND d.point = 'no-show.instructor' AND d.subject = ? ORDER BY d.as_of LIMIT 1`,
      [sessionId, other.instructorId],
    );
    return found;
  });
  expect(facts.facts.lateBy).toBeLessThanOrEqual(+facts.asOf - +facts.joinedAt);
  const { startsAt } = await lectern.session(sessionId);
  expect(+facts.joinedAt).toBeGreaterThan(+startsAt);
  expect(+lectern.now() - +startsAt).toBeGreaterThanOrEqual(10 * MINUTE);
  expect((await lectern.decide(step, 'arrived')).status).toBe(409);
});
