import { createApiKey } from '../commands/sign-in';
import { rows } from '../db/database';
import { newId } from '../domain/ids';
import { HOUR, Lectern } from './support/lectern';

jest.setTimeout(60_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

const TABLES = ['sessions', 'participants', 'decisions', 'obligations', 'timeline', 'outbox', 'held_steps'];

test('a booking in an organisation without any rules is refused with the remedy, and stores nothing', async () => {
  const organisationId = newId();
  const key = await lectern.db.inOrganisation(organisationId, async (tx) => {
    await tx.raw(`INSERT INTO organisations (id, name, slug, home_zone) VALUES (?, 'New', ?, 'UTC')`, [organisationId, organisationId]);
    return (await createApiKey(tx, { organisationId, name: 'New', roles: ['admin', 'coordinator'], now: new Date() })).key;
  });
  const headers = { authorization: `Bearer ${key}` };
  const person = async (kind: string): Promise<string> =>
    (await lectern.api<{ id: string }>('POST', '/v1/people', { kind, name: 'Nils New', givenName: 'Nils', zone: 'UTC' }, headers)).body.id;
  const [studentId, instructorId] = [await person('student'), await person('instructor')];
  const startsAt = new Date(+lectern.now() + 60 * HOUR);
  const booking = {
    title: 'Fractions',
    startsAt: startsAt.toISOString(),
    endsAt: new Date(+startsAt + HOUR).toISOString(),
    studentIds: [studentId],
    instructorId,
  };
  const answer = await lectern.api<object>('POST', '/v1/sessions', booking, headers);
  expect(answer).toMatchObject({
    status: 409,
    body: { code: 'no-rules', message: expect.stringContaining('No rule set is published'), requestId: expect.any(String) },
  });
  expect(JSON.stringify(answer.body)).toContain('rules publish');
  const count = async (table: string): Promise<number> =>
    Number((await lectern.db.inOrganisation(organisationId, (tx) => rows<{ n: string }>(tx, `SELECT count(*) AS n FROM ${table}`, [])))[0]!.n);
  const counts: number[] = [];
  for (const table of TABLES) counts.push(await count(table));
  expect(counts).toEqual(TABLES.map(() => 0));
});
