import { Lectern, MINUTE, TRANSCRIPT } from './support/lectern';

jest.setTimeout(180_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

async function underReview(students = 1) {
  const cast = await lectern.cast(students);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await lectern.status(sessionId, 'ready', 'live');
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds.slice(0, 1));
  await lectern.status(sessionId, 'documenting');
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  return { cast, sessionId, step: await lectern.openStep(sessionId, 'documentation.review') };
}

test('two coordinators on one step: one wins, the other is told who', async () => {
  const { step } = await underReview();
  const answers = await Promise.all([lectern.decide(step, 'approve'), lectern.decide(step, 'reject')]);
  expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
  const loser = answers.find((a) => a.status === 409)!.body as { code: string; details: { decidedBy: string } };
  expect(loser.code).toBe('already-decided');
  expect(loser.details.decidedBy).toBe('First key');
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
