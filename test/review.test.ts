import { createApiKey } from '../commands/sign-in';
import { wallTimeOf } from '../domain/time';
import { HOUR, Lectern, MINUTE } from './support/lectern';

jest.setTimeout(180_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

/** Of a group only the first comes. */
async function underReview(students = 1): ReturnType<Lectern['underReview']> {
  const cast = await lectern.cast(students);
  return lectern.underReview(cast, { present: cast.studentIds.slice(0, 1) });
}

let edited: Awaited<ReturnType<typeof underReview>> | undefined;

test('two coordinators on one step: one wins, the other is told who', async () => {
  const { step } = await underReview();
  const coordinators = await Promise.all(
    ['Cora', 'Dora'].map(async (name) => {
      const { organisationId } = lectern.at;
      const { key } = await lectern.in((tx) => createApiKey(tx, { organisationId, name, roles: ['coordinator'], now: new Date() }));
      return { name, headers: { authorization: `Bearer ${key}` } };
    }),
  );
  const body = { version: step.version, hash: step.hash };
  const answers = await Promise.all(
    coordinators.map(async ({ name, headers }, n) => ({
      name,
      ...(await lectern.api<{ code: string; details: { decidedBy: string; decidedAt: string; decision: string } }>(
        'POST',
        `/v1/held-steps/${step.id}/decide`,
        { ...body, decision: n === 0 ? 'approve' : 'reject' },
        headers,
      )),
    })),
  );
  expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
  const [winner, loser] = answers.sort((a, b) => a.status - b.status) as [(typeof answers)[0], (typeof answers)[0]];
  expect(loser.body.code).toBe('already-decided');
  expect(loser.body.details).toMatchObject({ decidedBy: winner.name, decision: winner.name === 'Cora' ? 'approve' : 'reject' });
  expect(loser.body.details.decidedAt).toMatch(/^\d{4}-/);
});

test('an approval of what changed a second ago is refused with the difference', async () => {
  const { cast, sessionId, step } = await underReview(2);
  const { startsAt } = await lectern.session(sessionId);
  const { body } = await lectern.send('participant.joined', { sessionId, personId: cast.studentIds[1] }, new Date(+startsAt + MINUTE));
  await lectern.applied(body.id);
  const answer = await lectern.decide<{ code: string; details: { difference: { path: string }[] } }>(step, 'approve');
  expect(answer.status).toBe(409);
  expect(answer.body.code).toBe('stale');
  expect(answer.body.details.difference[0]!.path).toContain('/facts/attendance');
  const fresh = await lectern.openStep(sessionId, 'documentation.review');
  expect((await lectern.decide(fresh, 'approve')).status).toBe(200);
});

test('an approval whose facts change before the update leaves is shown anew, and the update leaves once', async () => {
  const { cast, sessionId, step } = await underReview(2);
  // The guardian sleeps: the approved update waits for the morning.
  const clock = (hours: number): string => wallTimeOf(+lectern.now() + hours * HOUR, 'Europe/Berlin').slice(11, 16);
  const asleep = { version: 1, quietFrom: clock(-2), quietTo: clock(4) };
  expect((await lectern.api('PATCH', `/v1/people/${cast.guardianIds[0]!}`, asleep)).status).toBe(200);
  expect((await lectern.decide(step, 'approve')).status).toBe(200);
  const { startsAt } = await lectern.session(sessionId);
  await lectern.send('participant.joined', { sessionId, personId: cast.studentIds[1] }, new Date(+startsAt + MINUTE));
  const again = await lectern.openStep(sessionId, 'documentation.review');
  expect(again.id).not.toBe(step.id);
  const { body } = await lectern.api<{ reason: string }>('GET', `/v1/held-steps/${again.id}`);
  expect(body.reason).toContain('changed before it left');
  const updates = async () => (await lectern.mails(cast)).filter((m) => /how the lesson went/.test(m.subject) && m.to.startsWith('gil0'));
  expect(await updates()).toEqual([]);
  expect((await lectern.decide(again, 'approve')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  expect(await updates()).toHaveLength(1);
});

test.each<[string, object, string]>([
  ['an address', { paragraphs: ['Pay at https://pay.example now.'] }, 'paragraphs.0'],
  ['markup', { paragraphs: ['Fine.', '<b>Bold</b>'] }, 'paragraphs.1'],
  ['a line break in the subject', { subject: 'One\nand another' }, 'subject'],
  ['no paragraph', { paragraphs: [] }, 'paragraphs'],
  ['a number for a paragraph', { paragraphs: [1] }, 'paragraphs.0'],
  ['a book', { paragraphs: ['long '.repeat(1_000)] }, 'paragraphs.0'],
])('an edit that holds %s is refused with its place, and nothing is kept of it', async (_name, wrong, place) => {
  edited ??= await underReview();
  const { step, sessionId } = edited;
  const update = { subject: 'Fine', paragraphs: ['Fine.'], claims: [], ...wrong };
  const answer = await lectern.decide<{ code: string; details: { path: string }[] }>(step, 'approve', { edited: { update } });
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request', details: [{ path: `parent-update.${place}` }] } });
  const drafts = await lectern.query(
    `SELECT 1 FROM drafts d JOIN documents o ON o.organisation_id = d.organisation_id AND o.id = d.document_id WHERE o.session_id = ?`,
    [sessionId],
  );
  expect(drafts).toHaveLength(2);
  expect(await lectern.openStep(sessionId, 'documentation.review')).toMatchObject(step);
});

test('an edited update is sent as edited', async () => {
  const { cast, sessionId, step } = await underReview();
  const edited = {
    update: { subject: 'Edited by hand', paragraphs: ['A sentence that a person wrote.'], claims: [], origin: 'extractive', notice: null },
  };
  expect((await lectern.decide(step, 'approve', { edited })).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  const update = (await lectern.mails(cast)).find((m) => m.subject === 'Edited by hand');
  expect(update!.text).toContain('A sentence that a person wrote.');
});

test('an id of another organisation is not found', async () => {
  const { step } = await underReview();
  expect((await lectern.decide({ ...step, id: '00000000-0000-4000-8000-000000000001' }, 'approve')).status).toBe(404);
});
