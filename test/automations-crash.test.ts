import { automation, publishAutomations, runsIn } from './support/automations';
import { Lectern, MINUTE, type Cast } from './support/lectern';
import { OwnLectern } from './support/own-lectern';

jest.setTimeout(240_000);
const own = new OwnLectern();
afterAll(() => own.stop());

const DOCUMENT = automation('through', {
  ...{ on: 'session.booked', each: 'student' },
  do: [
    { id: 'mark', tag: { on: 'person', tag: 'through' } },
    { id: 'w1', wait: { for: '2m' } },
    { id: 'ask', hold: { question: { en: 'Go on?' }, who: 'coordinator', answers: ['on'], within: '30d', default: 'on' } },
    { id: 'tell', message: { template: 'first-lesson', to: 'guardian', within: '2d', quiet: 'ignore' } },
    { id: 'w2', wait: { for: '2m' } },
    { id: 'say', note: { on: 'session', text: { en: 'Through.' } } },
  ],
  examples: { base: {}, cases: [{ id: 'all', given: {}, then: ['mark', 'w1', 'ask', 'tell', 'w2', 'say'] }] },
});

test('kill -9 in the middle of runs, again and again: each goes on where it was, nothing is lost and nothing is done twice', async () => {
  let lectern = new Lectern(await own.start());
  const { adminKey } = lectern.at;
  const killed = async (): Promise<void> => {
    await own.kill();
    await lectern.close();
    lectern = new Lectern(JSON.stringify({ ...(JSON.parse(await own.start()) as object), adminKey }));
  };
  await publishAutomations(lectern, [DOCUMENT]);
  const lessons: { cast: Cast; sessionId: string }[] = [];
  for (let i = 0; i < 4; i++) {
    const cast = await lectern.cast();
    lessons.push({ cast, sessionId: await lectern.book(cast, 60 * 24 * MINUTE) });
  }
  // The last was booked just now: what it sets off is a row, and no more.
  await killed();
  for (const { sessionId } of lessons) await lectern.decide(await lectern.openStep(sessionId, 'automation'), 'on');
  // Answered, and nobody has gone on with it yet, or one has and not the other.
  await killed();
  for (const { cast, sessionId } of lessons) {
    const [run] = await runsIn(lectern, sessionId, 'through', 'done');
    expect(run!.steps.map((s) => [s.step, s.state, s.answer])).toEqual([
      ['mark', 'done', null],
      ['w1', 'done', null],
      ['ask', 'done', 'on'],
      ['tell', 'done', null],
      ['w2', 'done', null],
      ['say', 'done', null],
    ]);
    const told = await lectern.until('the message', async () => {
      const found = (await lectern.mails(cast)).filter((m) => m.subject.includes('first lesson'));
      return found.length > 0 && found;
    });
    expect(told).toHaveLength(1);
    const kinds = await lectern.query<{ kind: string }>(`SELECT kind FROM timeline WHERE session_id = ? AND kind LIKE 'automation.%' ORDER BY kind`, [
      sessionId,
    ]);
    expect(kinds.map((k) => k.kind)).toEqual(['automation.began', 'automation.noted', 'automation.tagged']);
    expect(await lectern.query('SELECT kind FROM automation_marks WHERE run_id = ? ORDER BY kind', [run!.id])).toEqual([
      { kind: 'note' },
      { kind: 'tag' },
    ]);
  }
  expect(await lectern.query('SELECT count(*)::int AS n FROM automation_runs')).toEqual([{ n: 4 }]);
  await lectern.close();
});
