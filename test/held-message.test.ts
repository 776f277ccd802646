import { HOUR, Lectern, MINUTE, type Cast } from './support/lectern';

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
async function unreachable(leadMs = 60 * HOUR): Promise<{ sessionId: string; guardianId: string; cast: Cast; confirmation: () => Promise<Owed> }> {
  const cast = await lectern.cast(1, { studentMail: true, consents: [] });
  const guardian = { kind: 'guardian', name: `Gus Invented${cast.tag}`, givenName: 'Gus', zone: 'Europe/Berlin' };
  const body = { ...guardian, students: [{ studentId: cast.studentIds[0], household: `${cast.tag}-2` }] };
  const guardianId = (await lectern.api<{ id: string }>('POST', '/v1/people', body)).body.id;
  const sessionId = await lectern.book(cast, leadMs, {}, 20 * MINUTE);
  const confirmation = async (): Promise<Owed> =>
    (
      await lectern.query<Owed>(
        `SELECT id, state, reason, deadline_at FROM obligations WHERE session_id = ? AND person_id = ? AND kind = 'confirmation'`,
        [sessionId, guardianId],
      )
    )[0]!;
  return { sessionId, guardianId, cast, confirmation };
}

const addressOf = ({ tag }: Cast): string => `gus.${tag}@example.invalid`;
async function giveAddress(guardianId: string, cast: Cast): Promise<void> {
  const { version } = (await lectern.api<{ version: number }>('GET', `/v1/people/${guardianId}`)).body;
  expect((await lectern.api('PATCH', `/v1/people/${guardianId}`, { email: addressOf(cast), version })).status).toBe(200);
}
/** How many confirmations reached the sink for the guardian. */
const confirmed = async (cast: Cast): Promise<number> =>
  (await lectern.mails(cast)).filter((m) => m.to === addressOf(cast) && /^Booked/.test(m.subject)).length;

test('a message that reached nobody is held, and sent once more, in time by its own step, when a person says so', async () => {
  const { sessionId, guardianId, cast, confirmation } = await unreachable();
  const step = await lectern.openStep(sessionId, 'message');
  const { id, state } = await confirmation();
  expect(state).toBe('held');
  await giveAddress(guardianId, cast);
  // The person answers long after the message would have been too late.
  await lectern.in((tx) => tx.raw(`UPDATE obligations SET deadline_at = ? WHERE id = ?`, [new Date(+lectern.now() - 10 * MINUTE), id]));
  const answeredFrom = +lectern.now();
  expect((await lectern.decide(step, 'resend')).status).toBe(200);
  await lectern.until('the message', async () => (await confirmation()).state === 'delivered');
  const { deadlineAt } = await confirmation();
  expect(+deadlineAt).toBeGreaterThanOrEqual(answeredFrom + 24 * HOUR);
  expect(+deadlineAt).toBeLessThanOrEqual(+lectern.now() + 24 * HOUR);
  expect(await confirmed(cast)).toBe(1);
});

test('a message that reached nobody and is left has its end, and says who left it', async () => {
  const { sessionId, confirmation } = await unreachable();
  expect((await lectern.decide(await lectern.openStep(sessionId, 'message'), 'leave')).status).toBe(200);
  await lectern.until('the end', async () => (await confirmation()).state === 'suppressed');
  expect(await confirmation()).toMatchObject({ reason: 'left-by-person' });
});

test('a message that is sent again when its lesson is settled and closed leaves as well, once', async () => {
  const { sessionId, guardianId, cast, confirmation } = await unreachable(40 * MINUTE);
  const step = await lectern.openStep(sessionId, 'message');
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  expect(await lectern.closed(sessionId)).toBe('settled');
  await giveAddress(guardianId, cast);
  const steps = await lectern.query<{ id: string; version: number; hash: string; subject: string }>(
    `SELECT id, version, shown_hash AS hash, subject FROM held_steps WHERE session_id = ? AND kind = 'message'`,
    [sessionId],
  );
  const { id } = await confirmation();
  const mine = steps.find((s) => s.subject === id) ?? step;
  expect((await lectern.decide(mine, 'resend')).status).toBe(200);
  await lectern.until('the message', async () => (await confirmation()).state === 'delivered');
  expect(await confirmed(cast)).toBe(1);
});
