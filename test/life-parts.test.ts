import { refreshNextDue } from '../db/dispatch';
import { lockSession } from '../db/sessions';
import { wake } from '../db/timeline';
import { HOUR, MINUTE, TRANSCRIPT, type Cast, type Lectern } from './support/lectern';
import { organisedForAll } from './support/organisation';
import { alwaysFor, publish, shippedRules } from './support/rule-files';

jest.setTimeout(300_000);
let lectern: Lectern;
const CORA = 'cora.coordinator@example.invalid';

organisedForAll((own) => (lectern = own));
/** A coordinator, and a programme whose rooms can be asked who is there and whether it is recorded. */
beforeAll(async () => {
  await person({ kind: 'coordinator', name: 'Cora Coordinator', givenName: 'Cora', email: CORA });
  const times = { roomBefore: '24h', doorsBefore: '30m', coverageBefore: '15m', buffer: '5m' };
  const asks = alwaysFor('asks', 'preparation', { ...times, provider: 'test' });
  expect((await publish(lectern, [...shippedRules().policies, asks], 'rooms that can be asked')).status).toBe(201);
});

async function person(body: object): Promise<string> {
  const answer = await lectern.api<{ id: string }>('POST', '/v1/people', { zone: 'Europe/Berlin', ...body });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer));
  return answer.body.id;
}
const verdictOf = async (sessionId: string, personId: string): Promise<string> =>
  (await lectern.query<{ verdict: string }>('SELECT verdict FROM participants WHERE session_id = ? AND person_id = ?', [sessionId, personId]))[0]!
    .verdict;
/** What a coordinator is to be told about a session has reached the coordinator. */
const toldCora = (sessionId: string, kind: string, step: string): Promise<boolean> =>
  lectern.until(`${kind} to reach the coordinator`, async () => {
    const [owed] = await lectern.query<{ id: string }>(
      `SELECT id FROM obligations WHERE session_id = ? AND kind = ? AND step = ? AND state = 'delivered'`,
      [sessionId, kind, step],
    );
    return owed && (await lectern.sink()).some((m) => m.to === CORA && m.key.startsWith(owed.id));
  });
async function settled(cast: Cast): Promise<string> {
  const { sessionId, step } = await lectern.underReview(cast, { lengthMs: 2 * HOUR });
  expect((await lectern.decide(step, 'approve')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  return sessionId;
}

test.concurrent("the instructor's briefing says each student's goals, what the last lesson was about, and whether they came", async () => {
  const cast = await lectern.cast(1);
  const [studentId] = cast.studentIds;
  const { version } = (await lectern.api<{ version: number }>('GET', `/v1/people/${studentId}`)).body;
  expect((await lectern.api('PATCH', `/v1/people/${studentId}`, { goals: 'Fractions by the spring', version })).status).toBe(200);
  const last = await settled(cast);
  const [summary] = await lectern.query<{ headline: string }>(
    `SELECT f.content->>'headline' AS headline FROM documents d JOIN drafts f ON f.id = d.approved_draft_id WHERE d.session_id = ? AND d.kind = 'summary'`,
    [last],
  );
  const sessionId = await lectern.book(cast, 23 * HOUR);
  const briefing = await lectern.until('the briefing', async () => {
    const [owed] = await lectern.query<{ id: string }>(`SELECT id FROM obligations WHERE session_id = ? AND kind = 'briefing'`, [sessionId]);
    return (await lectern.mails(cast)).find((m) => m.key.startsWith(owed!.id));
  });
  expect(briefing.to).toMatch(/^ines/);
  const text = briefing.text.replace(/\s+/g, ' ');
  for (const said of ['Stu0', 'Fractions by the spring', '(arrived)', summary!.headline]) expect(text).toContain(said);
});

test.concurrent('somebody whom no way in has reached is told to a coordinator before the start, and the lesson goes on', async () => {
  const cast = await lectern.cast(1);
  const unreachable = await person({ kind: 'student', name: `Una Invented${cast.tag}`, givenName: 'Una' });
  const sessionId = await lectern.book({ ...cast, studentIds: [...cast.studentIds, unreachable] }, 60 * MINUTE);
  expect((await lectern.decide(await lectern.openStep(sessionId, 'booking'), 'approve')).status).toBe(200);
  const step = await lectern.openStep(sessionId, 'coverage');
  await toldCora(sessionId, 'coverage', 'gap');
  const [gap] = await lectern.query<{ at: Date; startsAt: Date; outcome: object; facts: { undelivered: number; withoutCredential: number } }>(
    `SELECT d.as_of AS at, s.starts_at, d.outcome, d.facts FROM decisions d JOIN sessions s ON s.id = d.session_id WHERE d.session_id = ? AND d.point = 'coverage'`,
    [sessionId],
  );
  expect(gap).toMatchObject({ outcome: { verdict: 'hold' }, facts: { undelivered: 1, withoutCredential: 0 } });
  expect(+gap!.at).toBeLessThan(+gap!.startsAt);
  expect((await lectern.decide(step, 'proceed')).status).toBe(200);
  await lectern.status(sessionId, 'live', 'settling', 'settled');
});

test.concurrent('a recording that does not start, by a room that can be asked, is held while the lesson runs', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE, { programme: 'asks' }, 3 * HOUR);
  for (const personId of [cast.instructorId, ...cast.studentIds]) await lectern.send('participant.joined', { sessionId, personId });
  const step = await lectern.openStep(sessionId, 'recording');
  const [asked] = await lectern.query<{ facts: object }>(
    `SELECT d.facts FROM held_steps h JOIN decisions d ON d.id = h.decision_id JOIN sessions s ON s.id = h.session_id WHERE h.id = ? AND h.opened_at < s.ends_at`,
    [step.id],
  );
  expect(asked!.facts).toMatchObject({ stage: 'start', providerSays: 'not-recording', failed: false });
  expect((await lectern.decide(step, 'proceed-without')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
});

test.concurrent(
  'an uploaded transcript leads to the review; a guardian who may not be told is sent nothing, the one who may the update',
  async () => {
    const cast = await lectern.cast(1);
    const stranger = `gus.${cast.tag}@example.invalid`;
    const students = [{ studentId: cast.studentIds[0], household: `${cast.tag}-2`, canNotify: false }];
    await person({ kind: 'guardian', name: `Gus Invented${cast.tag}`, givenName: 'Gus', email: stranger, students });
    const sessionId = await lectern.book(cast, 40 * MINUTE, {}, 2 * HOUR);
    await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
    await lectern.status(sessionId, 'documenting');
    expect((await lectern.api('POST', '/v1/transcripts', { sessionId, lines: TRANSCRIPT })).status).toBe(201);
    expect((await lectern.decide(await lectern.openStep(sessionId, 'documentation.review'), 'approve')).status).toBe(200);
    expect(await lectern.closed(sessionId)).toBe('settled');
    const mails = await lectern.mails(cast);
    expect(mails.filter((m) => /how the lesson went/i.test(m.subject)).map((m) => m.to)).toEqual([`gil0.${cast.tag}@example.invalid`]);
    expect(mails.filter((m) => m.to === stranger)).toEqual([]);
  },
);

test.concurrent('a student who comes after they were said to be missing is late, and charged as somebody who came', async () => {
  const cast = await lectern.cast(2);
  const late = cast.studentIds[1]!;
  const sessionId = await lectern.book(cast, 40 * MINUTE, {}, 4 * HOUR);
  await lectern.arrive(sessionId, cast.instructorId, cast.studentIds[0]!);
  await lectern.until('the no-show', async () => (await verdictOf(sessionId, late)) === 'no-show');
  await lectern.send('participant.joined', { sessionId, personId: late, connection: 'phone' });
  await lectern.until('the late arrival', async () => (await verdictOf(sessionId, late)) === 'late');
  const kinds = (await lectern.query<{ kind: string }>('SELECT kind FROM timeline WHERE session_id = ?', [sessionId])).map((t) => t.kind);
  expect([kinds.includes('participant.arrived-late'), kinds.includes('no-show.retracted')]).toEqual([true, false]);
  await lectern.decide(await lectern.openStep(sessionId, 'recording'), 'proceed-without');
  expect(await lectern.closed(sessionId)).toBe('settled');
  expect(await lectern.query(`SELECT 1 FROM journals WHERE session_id = ? AND kind = 'charge'`, [sessionId])).toHaveLength(2);
});

test.concurrent('a review that the instructor leaves unanswered is told to a coordinator', async () => {
  const { sessionId } = await lectern.underReview(await lectern.cast(1), { lengthMs: 2 * HOUR });
  // Most of a day is long even on a fast clock: the escalation is brought near, and the workflow told to look.
  await lectern.in(async (tx) => {
    await lockSession(tx, sessionId);
    await tx.raw(`UPDATE obligations SET due_at = ? WHERE session_id = ? AND step = 'escalation' AND state = 'planned'`, [lectern.now(), sessionId]);
    await refreshNextDue(tx, sessionId);
    await wake(tx, sessionId);
  });
  await toldCora(sessionId, 'review', 'escalation');
});
