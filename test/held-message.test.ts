import { HOUR, Lectern, MINUTE } from './support/lectern';

jest.setTimeout(240_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

interface Owed {
  id: string;
  state: string;
  reason: string | null;
  deadlineAt: Date;
}

/** A lesson one of whose guardians nobody can reach, and the confirmation that is held for a person. */
async function unreachable(): Promise<{ sessionId: string; guardianId: string; tag: string; confirmation: () => Promise<Owed> }> {
  const cast = await lectern.cast(1, { studentMail: true });
  const guardian = { kind: 'guardian', name: `Gus Invented${cast.tag}`, givenName: 'Gus', zone: 'Europe/Berlin' };
  const body = { ...guardian, students: [{ studentId: cast.studentIds[0], household: `${cast.tag}-2` }] };
  const guardianId = (await lectern.api<{ id: string }>('POST', '/v1/people', body)).body.id;
  const sessionId = await lectern.book(cast, 60 * HOUR);
  const confirmation = async (): Promise<Owed> =>
    (
      await lectern.query<Owed>(
        `SELECT id, state, reason, deadline_at FROM obligations WHERE session_id = ? AND person_id = ? AND kind = 'confirmation'`,
        [sessionId, guardianId],
      )
    )[0]!;
  return { sessionId, guardianId, tag: cast.tag, confirmation };
}

test('a message that reached nobody is held, and sent once more, in time by its own step, when a person says so', async () => {
  const { sessionId, guardianId, tag, confirmation } = await unreachable();
  const step = await lectern.openStep(sessionId, 'message');
  const { id, state } = await confirmation();
  expect(state).toBe('held');
  const email = `gus.${tag}@example.invalid`;
  const { version } = (await lectern.api<{ version: number }>('GET', `/v1/people/${guardianId}`)).body;
  expect((await lectern.api('PATCH', `/v1/people/${guardianId}`, { email, version })).status).toBe(200);
  // The person answers long after the message would have been too late.
  await lectern.in((tx) => tx.raw(`UPDATE obligations SET deadline_at = ? WHERE id = ?`, [new Date(+lectern.now() - 10 * MINUTE), id]));
  const answeredFrom = +lectern.now();
  expect((await lectern.decide(step, 'resend')).status).toBe(200);
  await lectern.until('the message', async () => (await confirmation()).state === 'delivered');
  const { deadlineAt } = await confirmation();
  expect(+deadlineAt).toBeGreaterThanOrEqual(answeredFrom + 24 * HOUR);
  expect(+deadlineAt).toBeLessThanOrEqual(+lectern.now() + 24 * HOUR);
  const mails = (await (await fetch(`${lectern.at.catcherUrl}/messages?limit=10000`)).json()) as { to: string; subject: string }[];
  expect(mails.filter((m) => m.to === email && /^Booked/.test(m.subject))).toHaveLength(1);
});

test('a message that reached nobody and is left has its end, and says who left it', async () => {
  const { sessionId, confirmation } = await unreachable();
  expect((await lectern.decide(await lectern.openStep(sessionId, 'message'), 'leave')).status).toBe(200);
  await lectern.until('the end', async () => (await confirmation()).state === 'suppressed');
  expect(await confirmation()).toMatchObject({ reason: 'left-by-person' });
});
