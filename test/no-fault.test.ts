import type { Tx } from '../db/database';
import type { ParticipantRow, SessionRow } from '../db/sessions';
import { answer, type Question } from '../decisions/decide';
import { askCharge, type Evidence } from '../decisions/money';
import { POINTS } from '../decisions/points';
import type { LoadedSet } from '../decisions/rule-sets';
import { compileRuleSet } from '../policy/ruleset';
import { Lectern, MINUTE, TRANSCRIPT, type Cast } from './support/lectern';
import { shippedRules } from './support/rule-files';

jest.setTimeout(300_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

const set: LoadedSet = { id: 'shipped', compiled: compileRuleSet(shippedRules(), POINTS), messages: [] };
const ask = (_tx: Tx, q: Question) => Promise.resolve(answer(set, q).decision);
/** Of all that the question reads, the answer that the provider gave when the no-show was declared. */
const tx = { raw: () => Promise.resolve({ rows: [{ facts: { providerSays: 'absent' } }], rowCount: 1, command: 'SELECT' }) } as unknown as Tx;

const SPEAKING = ['linkOpened', 'unmatchedInRoom', 'credentialNeverProven', 'incidentOverlapped', 'instructorAbsent'] as const;
const COMBINATIONS = Array.from({ length: 2 ** SPEAKING.length }, (_, bits) => SPEAKING.filter((_fact, i) => (bits >> i) & 1));

test.each(COMBINATIONS.map((facts) => [facts.join(' + ') || 'nothing', facts] as const))(
  'a no-show against whose fault speaks: %s',
  async (_name, facts) => {
    const has = (fact: (typeof SPEAKING)[number]): boolean => facts.includes(fact);
    const participant = (personId: string, role: 'student' | 'instructor', verdict: ParticipantRow['verdict']): ParticipantRow => ({
      ...({ sessionId: 's', personKey: 1, arrivedAt: null, verdictAt: null, checkAt: null, joinedAt: null } as const),
      ...{ personId, role, verdict, verdictDecisionId: 'd' },
    });
    const evidence: Evidence = {
      participants: [participant('stu', 'student', 'no-show'), participant('ines', 'instructor', has('instructorAbsent') ? 'undecided' : 'arrived')],
      formers: [],
      incident: has('incidentOverlapped'),
      isSomebodyUnmatched: has('unmatchedInRoom'),
      lockedOut: new Set(has('linkOpened') ? ['stu'] : []),
      proven: new Set(has('credentialNeverProven') ? [] : ['stu']),
      strikes: new Map(),
    };
    const session = { id: 's', rev: 1, status: 'settling', isTrial: false, programme: null, branch: null, bookedSetId: 'x' } as unknown as SessionRow;
    const bill = { rev: 1, isMove: false, changePercent: 0 };
    const decision = await askCharge(tx, session, 'stu', { bill, evidence, asOf: new Date(), ask, seq: 'settlement' });
    expect(decision.outcome.verdict).toBe(facts.length === 0 ? 'post' : 'hold');
    expect(decision.facts.againstFault).toBe(facts.length > 0);
  },
);

interface Stranger {
  key: string;
  name: string | null;
}
const strangers = async (sessionId: string): Promise<Stranger[]> =>
  (await lectern.api<{ strangers: Stranger[] }>('GET', `/v1/sessions/${sessionId}`)).body.strangers;
const verdictOf = async (sessionId: string, personId: string): Promise<string> =>
  (await lectern.query<{ verdict: string }>('SELECT verdict FROM participants WHERE session_id = ? AND person_id = ?', [sessionId, personId]))[0]!
    .verdict;
const kindsOf = async (sessionId: string): Promise<string[]> =>
  (await lectern.query<{ kind: string }>('SELECT kind FROM timeline WHERE session_id = ? ORDER BY id', [sessionId])).map((t) => t.kind);
const match = (sessionId: string, key: string, personId: string | null) =>
  lectern.api<{ verdict: string | null; remembered: boolean; code?: string }>('POST', `/v1/sessions/${sessionId}/matches`, { key, personId });

/** A lesson to which the instructor comes, and somebody whom the provider calls `identity`. */
async function withStranger(cast: Cast, identity: string, lengthMs?: number): Promise<string> {
  const sessionId = await lectern.book(cast, 40 * MINUTE, {}, lengthMs);
  const { startsAt } = await lectern.session(sessionId);
  await lectern.arrive(sessionId, cast.instructorId);
  const sent = await lectern.send('participant.joined', { sessionId, identity, name: 'iPad', connection: 'tablet' }, new Date(+startsAt + MINUTE));
  await lectern.applied(sent.body.id);
  return sessionId;
}

test.concurrent('somebody unknown in the room is matched in one action, is charged as somebody who came, and is known the next time', async () => {
  const cast = await lectern.cast(1);
  const [maya] = cast.studentIds as [string];
  const identity = `guest-${cast.tag}`;
  const sessionId = await withStranger(cast, identity);
  const step = await lectern.openStep(sessionId, 'no-show');
  expect(await strangers(sessionId)).toMatchObject([{ key: identity, name: 'iPad' }]);
  expect((await match(sessionId, 'nobody-of-that-name', maya)).body.code).toBe('not-found');
  expect(await match(sessionId, identity, maya)).toMatchObject({ status: 200, body: { verdict: 'arrived', remembered: true } });
  expect((await lectern.api<{ state: string }>('GET', `/v1/held-steps/${step.id}`)).body.state).toBe('withdrawn');
  expect(await strangers(sessionId)).toEqual([]);
  await lectern.status(sessionId, 'documenting');
  await lectern.decide(await lectern.openStep(sessionId, 'recording'), 'proceed-without');
  expect(await lectern.closed(sessionId)).toBe('settled');
  expect(
    (await lectern.query<{ kind: string }>('SELECT kind FROM journals WHERE session_id = ? ORDER BY kind', [sessionId])).map((j) => j.kind),
  ).toEqual(['charge', 'payout']);
  expect((await lectern.mails(cast)).filter((m) => /was not in/.test(m.subject))).toEqual([]);

  const next = await withStranger(cast, identity);
  expect(await verdictOf(next, maya)).toBe('arrived');
  expect(await strangers(next)).toEqual([]);

  // After close it comes to light that it was somebody else: nothing says that she came, and what she is charged a person has to say.
  expect((await match(sessionId, identity, null)).status).toBe(200);
  expect(await verdictOf(sessionId, maya)).toBe('undecided');
  const { body } = await lectern.api<{ items: object[] }>('GET', `/v1/sessions/${sessionId}/corrections`);
  expect(body.items).toMatchObject([
    { kind: 'attendance', attendance: [{ personId: maya, before: 'arrived', after: 'undecided' }], money: [{ kind: 'charge', held: true }] },
  ]);
  expect((await lectern.query('SELECT kind FROM journals WHERE session_id = ?', [sessionId])).length).toBe(2);
  const told = await lectern.until('the correction', async () => (await lectern.mails(cast)).find((m) => /^Corrected/.test(m.subject)));
  expect(told.text).toContain('is now listed as excused');
});

test.concurrent('who was matched by mistake is matched to another, and the first is asked about again', async () => {
  const cast = await lectern.cast(2);
  const [maya, noah] = cast.studentIds as [string, string];
  const identity = `guest-${cast.tag}`;
  const sessionId = await withStranger(cast, identity, 120 * MINUTE);
  await match(sessionId, identity, maya);
  expect(await verdictOf(sessionId, maya)).toBe('arrived');
  expect((await match(sessionId, identity, noah)).body.verdict).toBe('arrived');
  await lectern.until('Maya to be asked about', async () => (await verdictOf(sessionId, maya)) === 'no-show');
  expect((await match(sessionId, identity, null)).body).toMatchObject({ verdict: null, remembered: false });
  expect(await strangers(sessionId)).toEqual([]);
  await lectern.until('Noah to be asked about', async () => ['no-show', 'undecided'].includes(await verdictOf(sessionId, noah)));
});

test.concurrent('a family that was told of a no-show is told once that it was not so', async () => {
  const cast = await lectern.cast(2);
  const [, late] = cast.studentIds as [string, string];
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  const { startsAt } = await lectern.session(sessionId);
  await lectern.arrive(sessionId, cast.instructorId, cast.studentIds[0]!);
  await lectern.until('the message', async () => (await lectern.mails(cast)).find((m) => /was not in/.test(m.subject)));
  await lectern.send('participant.joined', { sessionId, personId: late, connection: 'phone' }, new Date(+startsAt + 5 * MINUTE));
  const after = await lectern.until('the retraction', async () => (await lectern.mails(cast)).find((m) => /after all/.test(m.subject)));
  expect(after.to).toBe(`gil1.${cast.tag}@example.invalid`);
  expect((await lectern.mails(cast)).filter((m) => /after all/.test(m.subject))).toHaveLength(1);
});

test.concurrent('an instructor whom a coordinator knows to have come only after the end: documentation is opened again', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await lectern.arrive(sessionId, ...cast.studentIds);
  const step = await lectern.openStep(sessionId, 'no-show');
  await lectern.status(sessionId, 'settling', 'documenting');
  const before = (await lectern.session(sessionId)).status;
  expect((await lectern.decide(step, 'arrived')).status).toBe(200);
  expect(before).toBe('settling');
  await lectern.status(sessionId, 'documenting');
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  expect((await lectern.decide(await lectern.openStep(sessionId, 'documentation.review'), 'approve')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  expect(await kindsOf(sessionId)).toEqual(
    expect.arrayContaining(['documentation.reopened', 'documentation.finished', 'charge.posted', 'payout.posted']),
  );
  expect((await lectern.mails(cast)).filter((m) => /how the lesson went/.test(m.subject))).toHaveLength(1);
});

describe.each([
  ['a second before', -1000, 'arrived'],
  ['in the very second of', 0, 'late'],
  ['a second after', 1000, 'late'],
])('an instructor who joins %s the no-show', (_name, offsetMs, verdict) => {
  test.concurrent('is there, is asked about by nobody, and the lesson is charged and paid once', async () => {
    const cast = await lectern.cast(1);
    const sessionId = await lectern.book(cast, 40 * MINUTE, {}, 60 * MINUTE);
    await lectern.arrive(sessionId, ...cast.studentIds);
    const step = await lectern.openStep(sessionId, 'no-show');
    const [judged] = await lectern.query<{ at: Date }>('SELECT verdict_at AS at FROM participants WHERE session_id = ? AND person_id = ?', [
      sessionId,
      cast.instructorId,
    ]);
    const join = { sessionId, personId: cast.instructorId, connection: 'laptop' };
    const at = new Date(+judged!.at + offsetMs);
    await Promise.all([lectern.send('participant.joined', join, at), lectern.send('participant.joined', { ...join, connection: 'phone' }, at)]);
    await lectern.until('the verdict', async () => !['no-show', 'undecided'].includes(await verdictOf(sessionId, cast.instructorId)));
    expect(await verdictOf(sessionId, cast.instructorId)).toBe(verdict);
    expect((await lectern.decide(step, 'no-show')).body.code).toBe('already-decided');
    await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
    expect((await lectern.decide(await lectern.openStep(sessionId, 'documentation.review'), 'approve')).status).toBe(200);
    expect(await lectern.closed(sessionId)).toBe('settled');
    const journals = await lectern.query<{ kind: string }>('SELECT kind FROM journals WHERE session_id = ? ORDER BY kind', [sessionId]);
    expect(journals.map((j) => j.kind)).toEqual(['charge', 'payout']);
  });
});
