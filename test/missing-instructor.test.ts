import { crowd } from './support/crowd';
import { Lectern, MINUTE } from './support/lectern';

jest.setTimeout(300_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

interface Held {
  kind: string;
  subject: string;
  state: string;
}
const heldOf = (sessionId: string): Promise<Held[]> =>
  lectern.query('SELECT kind, subject, state FROM held_steps WHERE session_id = ? ORDER BY opened_at, id', [sessionId]);

describe.each([5, 30])('a group of %i whose instructor never comes', (students) => {
  test.concurrent('is one question to a coordinator, whoever of the students came; nobody is said to have missed it or charged for it', async () => {
    const cast = await crowd(lectern, students, true);
    const came = cast.studentIds.slice(0, Math.ceil(students / 2));
    const sessionId = await lectern.book(cast, 40 * MINUTE);
    await lectern.arrive(sessionId, ...came);
    const step = await lectern.openStep(sessionId, 'no-show');
    await lectern.status(sessionId, 'settling');
    expect(await lectern.query('SELECT 1 FROM journals WHERE session_id = ?', [sessionId])).toEqual([]);
    expect((await lectern.decide(step, 'no-show')).status).toBe(200);
    expect(await lectern.closed(sessionId)).toBe('settled');

    expect(await heldOf(sessionId)).toEqual([{ kind: 'no-show', subject: cast.instructorId, state: 'decided' }]);
    const verdicts = await lectern.query<{ personId: string; verdict: string }>('SELECT person_id, verdict FROM participants WHERE session_id = ?', [
      sessionId,
    ]);
    const verdictOf = (id: string): string => verdicts.find((v) => v.personId === id)!.verdict;
    expect(came.map(verdictOf)).toEqual(came.map(() => 'arrived'));
    expect(cast.studentIds.slice(came.length).map(verdictOf)).toEqual(cast.studentIds.slice(came.length).map(() => 'undecided'));
    expect(await lectern.query('SELECT 1 FROM journals WHERE session_id = ?', [sessionId])).toEqual([]);
    expect((await lectern.mails(cast)).filter((m) => /was not in/.test(m.subject))).toEqual([]);
  });
});

test.concurrent(
  'an instructor whom a coordinator knows to have come is paid, who came is charged, and who is not known to have come is asked about',
  async () => {
    const cast = await crowd(lectern, 3, true);
    const [first, second, absent] = cast.studentIds as [string, string, string];
    const sessionId = await lectern.book(cast, 40 * MINUTE);
    await lectern.arrive(sessionId, first, second);
    const step = await lectern.openStep(sessionId, 'no-show');
    await lectern.status(sessionId, 'settling');
    expect((await lectern.decide(step, 'arrived')).status).toBe(200);
    // So there was something to document: that comes before the money.
    expect((await lectern.decide(await lectern.openStep(sessionId, 'recording'), 'proceed-without')).status).toBe(200);
    const charge = await lectern.openStep(sessionId, 'charge');
    expect((await lectern.decide(charge, 'waive')).status).toBe(200);
    expect(await lectern.closed(sessionId)).toBe('settled');
    expect((await heldOf(sessionId)).map((h) => [h.kind, h.subject])).toEqual([
      ['no-show', cast.instructorId],
      ['recording', sessionId],
      ['charge', absent],
    ]);
    const journals = await lectern.query<{ kind: string; subjectId: string }>(
      'SELECT kind, subject_id FROM journals WHERE session_id = ? ORDER BY kind',
      [sessionId],
    );
    expect(journals.map((j) => `${j.kind} ${j.subjectId}`).sort()).toEqual(
      [`charge ${first}`, `charge ${second}`, `payout ${cast.instructorId}`].sort(),
    );
  },
);
