import { HOUR, Lectern, MINUTE, TRANSCRIPT, type Cast } from './support/lectern';

jest.setTimeout(240_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

/** The waiting phases that a change may find a session in, and how it gets there. */
const PHASES: [string, (cast: Cast) => Promise<string>][] = [
  ['waiting for the room', (cast) => lectern.book(cast, 60 * HOUR)],
  ['waiting for the coverage gate', async (cast) => reach(await lectern.book(cast, 4 * HOUR), 'credentials.issued')],
  [
    'waiting for the start',
    async (cast) => {
      const id = await lectern.book(cast, 40 * MINUTE);
      await lectern.status(id, 'ready');
      return id;
    },
  ],
];

async function reach(sessionId: string, kind: string): Promise<string> {
  await lectern.until(
    kind,
    async () => (await lectern.query('SELECT 1 FROM timeline WHERE session_id = ? AND kind = ?', [sessionId, kind])).length > 0,
  );
  return sessionId;
}

const told = async (cast: Cast, subject: RegExp): Promise<number> =>
  (await lectern.mails(cast)).filter((m) => m.to.startsWith('gil') && subject.test(m.subject)).length;

describe.each(PHASES)('%s', (_phase, arrange) => {
  test('a cancellation is previewed, told once, compensated and charged as previewed', async () => {
    const cast = await lectern.cast(1);
    const sessionId = await arrange(cast);
    const preview = await lectern.api<{ verdict: string; charges: { amountMinor: number }[] }>(
      'POST',
      `/v1/sessions/${sessionId}/changes?preview=true`,
      { kind: 'cancel' },
    );
    expect(preview.body.verdict).toBe('allow');
    expect(await lectern.session(sessionId)).toMatchObject({ rev: 1 });
    const made = await lectern.api<{ charges: { amountMinor: number }[] }>('POST', `/v1/sessions/${sessionId}/changes`, {
      kind: 'cancel',
      reason: 'illness',
    });
    expect(made.status).toBe(200);
    expect(await lectern.closed(sessionId)).toBe('cancelled');
    expect(await told(cast, /^Cancelled/)).toBe(1);
    expect(await lectern.query(`SELECT 1 FROM rooms WHERE session_id = ? AND state <> 'closed'`, [sessionId])).toEqual([]);
    expect(await lectern.query('SELECT 1 FROM credentials WHERE session_id = ? AND revoked_at IS NULL', [sessionId])).toEqual([]);
    const charged = await lectern.query<{ amountMinor: number }>(
      `SELECT p.amount_minor FROM postings p JOIN journals j ON j.id = p.journal_id WHERE j.session_id = ? AND j.kind = 'charge' AND p.amount_minor > 0`,
      [sessionId],
    );
    expect(charged.map((c) => c.amountMinor)).toEqual(made.body.charges.map((c) => c.amountMinor).filter((a) => a > 0));
    expect((await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel' })).status).toBe(409);
  });

  test('a move tells the new time once, takes the old link back and runs to its end', async () => {
    const cast = await lectern.cast(1);
    const sessionId = await arrange(cast);
    const startsAt = new Date(+lectern.now() + 40 * MINUTE);
    const made = await lectern.api<{ rev: number }>('POST', `/v1/sessions/${sessionId}/changes`, {
      kind: 'reschedule',
      startsAt: startsAt.toISOString(),
      endsAt: new Date(+startsAt + 30 * MINUTE).toISOString(),
    });
    expect(made).toMatchObject({ status: 200, body: { rev: 2 } });
    await lectern.status(sessionId, 'ready', 'live');
    await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
    await lectern.status(sessionId, 'documenting');
    await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
    await lectern.decide(await lectern.openStep(sessionId, 'documentation.review'), 'approve');
    expect(await lectern.closed(sessionId)).toBe('settled');
    expect(await told(cast, /^New time/)).toBe(1);
    expect(await told(cast, /^Booked/)).toBe(1);
    expect(await lectern.query('SELECT 1 FROM credentials WHERE session_id = ? AND revoked_at IS NULL', [sessionId])).toHaveLength(2);
    expect(await lectern.query(`SELECT 1 FROM journals WHERE session_id = ? AND kind = 'charge'`, [sessionId])).toHaveLength(1);
  });
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
