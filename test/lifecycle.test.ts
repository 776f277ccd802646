import { newId } from '../domain/ids';
import { wake } from '../db/timeline';
import { HOUR, Lectern, MINUTE, TRANSCRIPT } from './support/lectern';

jest.setTimeout(180_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

async function teach(sessionId: string, cast: { instructorId: string }, present: string[]): Promise<void> {
  await lectern.status(sessionId, 'ready', 'live');
  await lectern.arrive(sessionId, cast.instructorId, ...present);
  await lectern.status(sessionId, 'documenting', 'settling');
}

describe.each([
  ['1:1', 1, 0],
  ['a group of five with one missing', 5, 1],
])('the whole life of %s', (_name, students, missing) => {
  test.concurrent('is booked, prepared, taught, reviewed, told and settled, each thing once', async () => {
    const cast = await lectern.cast(students);
    const sessionId = await lectern.book(cast, 90 * MINUTE);
    const present = cast.studentIds.slice(missing);
    await teach(sessionId, cast, present);
    await lectern.send('recording.ready', { sessionId });
    await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
    const review = await lectern.openStep(sessionId, 'documentation.review');
    expect((await lectern.decide(review, 'approve')).status).toBe(200);
    // The built-in room cannot be asked who was there: a no-show is told, and charged only by a person.
    if (missing > 0) expect((await lectern.decide(await lectern.openStep(sessionId, 'charge'), 'charge')).status).toBe(200);
    expect(await lectern.closed(sessionId)).toBe('settled');

    const obligations = await lectern.query<{ kind: string; step: string; state: string; personId: string; aboutId: string | null }>(
      'SELECT * FROM obligations WHERE session_id = ?',
      [sessionId],
    );
    expect(obligations.filter((o) => !['delivered', 'suppressed', 'held'].includes(o.state))).toEqual([]);
    const mails = await lectern.mails(cast);
    expect(new Set(mails.map((m) => m.messageId)).size).toBe(mails.length);
    const count = (subject: RegExp): number => mails.filter((m) => m.to.startsWith('gil') && subject.test(m.subject)).length;
    expect(count(/^Booked/)).toBe(students);
    expect(count(/^Your link/)).toBe(students);
    expect(count(/how the lesson went/)).toBe(students - missing);
    expect(count(/was not in/)).toBe(missing);

    const journals = await lectern.query<{ kind: string }>('SELECT kind FROM journals WHERE session_id = ?', [sessionId]);
    expect(journals.filter((j) => j.kind === 'charge')).toHaveLength(students);
    expect(journals.filter((j) => j.kind === 'payout')).toHaveLength(1);
    expect(await lectern.query('SELECT currency FROM postings GROUP BY currency HAVING sum(amount_minor) <> 0')).toEqual([]);
  });
});

test.concurrent('an instructor who never comes is held for a coordinator, and nobody is charged', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await lectern.status(sessionId, 'ready', 'live');
  await lectern.arrive(sessionId, ...cast.studentIds);
  const step = await lectern.openStep(sessionId, 'no-show');
  expect((await lectern.decide(step, 'no-show')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  expect(await lectern.query(`SELECT 1 FROM journals WHERE session_id = ?`, [sessionId])).toEqual([]);
});

test.concurrent('a student who opened the link and did not get in is not a no-show: a missing certainty is held', async () => {
  const cast = await lectern.cast(1, { studentMail: true });
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await lectern.status(sessionId, 'ready', 'live');
  const mail = await lectern.until('the mail with the way in', async () =>
    (await lectern.mails(cast)).find((m) => m.to.startsWith('stu') && m.text.includes('/j/')),
  );
  expect((await fetch(/(https?:\/\/\S+\/j\/[\w-]+)/.exec(mail.text)![1]!)).status).toBe(200);
  await lectern.arrive(sessionId, cast.instructorId);
  const step = await lectern.openStep(sessionId, 'no-show');
  expect((await lectern.decide(step, 'excused')).status).toBe(200);
  // Whoever may have come may have been taught: documentation is asked for before money is.
  expect((await lectern.decide(await lectern.openStep(sessionId, 'recording'), 'proceed-without')).status).toBe(200);
  const charge = await lectern.openStep(sessionId, 'charge');
  expect((await lectern.decide(charge, 'waive')).status).toBe(200);
  expect(
    (await lectern.query<{ kind: string }>('SELECT kind FROM journals WHERE session_id = ?', [sessionId])).filter((j) => j.kind === 'charge'),
  ).toEqual([]);
});

test.concurrent('an arrival that comes to light later, but was before the cut-off, takes the no-show back', async () => {
  const cast = await lectern.cast(2);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  const { startsAt } = await lectern.session(sessionId);
  await lectern.status(sessionId, 'ready', 'live');
  await lectern.arrive(sessionId, cast.instructorId, cast.studentIds[0]!);
  const verdict = async (): Promise<string> =>
    (
      await lectern.query<{ verdict: string }>('SELECT verdict FROM participants WHERE session_id = ? AND person_id = ?', [
        sessionId,
        cast.studentIds[1],
      ])
    )[0]!.verdict;
  await lectern.until('the no-show', async () => (await verdict()) === 'no-show');
  await lectern.send('participant.joined', { sessionId, personId: cast.studentIds[1], connection: 'phone' }, new Date(+startsAt + 5 * MINUTE));
  await lectern.until('the retraction', async () => (await verdict()) === 'arrived');
  const kinds = (await lectern.query<{ kind: string }>('SELECT kind FROM timeline WHERE session_id = ?', [sessionId])).map((t) => t.kind);
  expect(kinds).toContain('no-show.retracted');
});

test.concurrent('an incident that overlaps the lesson speaks against fault: a person says whether it was a no-show', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  const { startsAt } = await lectern.session(sessionId);
  await lectern.query(`INSERT INTO incidents (id, session_id, kind, opened_at, closed_at) VALUES (?, ?, 'room-down', ?, ?)`, [
    newId(),
    sessionId,
    startsAt,
    new Date(+startsAt + 5 * MINUTE),
  ]);
  await lectern.arrive(sessionId, cast.instructorId);
  await lectern.openStep(sessionId, 'no-show');
  const verdicts = await lectern.query<{ verdict: string }>(`SELECT verdict FROM participants WHERE session_id = ? AND role = 'student'`, [
    sessionId,
  ]);
  expect(verdicts).toEqual([{ verdict: 'undecided' }]);
  const [decision] = await lectern.query<{ rule: string; facts: object }>(
    `SELECT rule, facts FROM decisions WHERE session_id = ? AND point = 'no-show.student' ORDER BY as_of DESC LIMIT 1`,
    [sessionId],
  );
  expect(decision).toMatchObject({ facts: { incidentOverlapped: true } });
});

test.concurrent('without consent nothing is recorded, and without a transcript nothing is documented', async () => {
  const cast = await lectern.cast(1, { consents: [] });
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await lectern.status(sessionId, 'ready', 'live');
  for (const personId of [cast.instructorId, ...cast.studentIds]) await lectern.send('participant.joined', { sessionId, personId });
  expect(await lectern.closed(sessionId)).toBe('settled');
  expect((await lectern.query<{ state: string }>('SELECT state FROM recordings WHERE session_id = ?', [sessionId]))[0]!.state).toBe('not-expected');
});

test.concurrent('a recording that never comes is held; going on without settles the session', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await teach(sessionId, cast, cast.studentIds);
  const step = await lectern.openStep(sessionId, 'recording');
  expect((await lectern.decide(step, 'proceed-without')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
});

test.concurrent('a recording that a coordinator waits for longer is asked about again after as long as the rules say', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await teach(sessionId, cast, cast.studentIds);
  const first = await lectern.openStep(sessionId, 'recording');
  const readyBy = async (): Promise<number> =>
    +(await lectern.query<{ readyBy: Date }>('SELECT ready_by FROM recordings WHERE session_id = ?', [sessionId]))[0]!.readyBy;
  const [before, askedFrom] = [await readyBy(), +lectern.now()];
  expect((await lectern.decide(first, 'wait')).status).toBe(200);
  // As shipped `waitFor` is 60m, counted from the answer, which comes after the recording was to be ready.
  const waited = await lectern.until('the new time', async () => (await readyBy()) > before && readyBy());
  expect(waited).toBeGreaterThanOrEqual(askedFrom + HOUR);
  expect(waited).toBeLessThanOrEqual(+lectern.now() + HOUR);
  const second = await lectern.until('the question to be asked again', async () => {
    const step = await lectern.openStep(sessionId, 'recording');
    return step.id !== first.id && step;
  });
  expect((await lectern.decide(second, 'proceed-without')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
});

test.concurrent('a review that nobody answers takes its declared default: nothing is sent', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await teach(sessionId, cast, cast.studentIds);
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  await lectern.until('the reminder', async () => (await lectern.mails(cast)).some((m) => /^Still waiting/.test(m.subject)));
  // A day is long even on a fast clock: the deadline is brought near, and the workflow told to look.
  await lectern.in(async (tx) => {
    await tx.raw(`UPDATE held_steps SET deadline_at = ? WHERE session_id = ? AND state = 'open'`, [lectern.now(), sessionId]);
    await wake(tx, sessionId);
  });
  expect(await lectern.closed(sessionId)).toBe('settled');
  const [step] = await lectern.query<{ state: string; chosen: string }>(
    `SELECT state, chosen FROM held_steps WHERE session_id = ? AND kind = 'documentation.review'`,
    [sessionId],
  );
  expect(step).toEqual({ state: 'expired', chosen: 'reject' });
  expect((await lectern.mails(cast)).filter((m) => /how the lesson went/.test(m.subject))).toEqual([]);
  expect((await lectern.mails(cast)).filter((m) => /^Still waiting/.test(m.subject))).toHaveLength(1);
});
