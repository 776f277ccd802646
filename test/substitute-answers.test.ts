import { answerOffer } from '../commands/substitutes/accept';
import { SYSTEM } from '../commands/context';
import { stuckSessions } from '../db/outbox';
import { wake } from '../db/timeline';
import type { PolicyDocument } from '../policy/types';
import { HOUR, Lectern, MINUTE, TRANSCRIPT, type Mail } from './support/lectern';
import { OwnOrganisation } from './support/organisation';
import { alwaysFor, editedPolicies, publish, shippedRules } from './support/rule-files';
import { Substitutes } from './support/substitutes';

jest.setTimeout(300_000);
const shared = new Lectern();
let own: OwnOrganisation;
afterAll(async () => {
  await own?.close();
  await shared.close();
});

/** On the day itself three are asked at once, as long as a test needs to answer; who decides a held step has as long. */
const LEAD = 6 * HOUR;
const edited = editedPolicies({
  'substitute.search.json': [
    ['"soonStand": "20m"', '"soonStand": "3h"'],
    ['"soonAtOnce": 4', '"soonAtOnce": 3'],
    ['"coordinatorHas": "30m"', '"coordinatorHas": "12h"'],
  ],
});
const searches = (programme: string, outcome: object) => alwaysFor(programme, 'substitute.search', outcome);

/** A programme that replaces a missing instructor within its lessons of a hundred minutes, long enough for a busy machine. */
const STANDS_IN = 'stands-in';
function standsIn(point: string, change: (document: PolicyDocument) => void) {
  const document = JSON.parse(shippedRules().policies.find((p) => p.file === `${point}.json`)!.text) as PolicyDocument;
  document.appliesTo = { programme: STANDS_IN };
  change(document);
  return { file: `${STANDS_IN}.${point}.json`, text: JSON.stringify(document) };
}

beforeAll(async () => {
  own = await OwnOrganisation.of(shared);
  const policies = [
    ...edited,
    searches('keeps', { next: 'hold', answerWithin: '5m', unanswered: 'keep' }),
    searches('cancels', { next: 'hold', answerWithin: '5m', unanswered: 'cancel' }),
    searches('gives-up', { next: 'cancel' }),
    standsIn('substitute.search', (d) => Object.assign(d.params!, { nowFor: '95m', nowStand: '90m' })),
    standsIn('no-show.instructor', (d) => {
      d.params = { ...d.params, grace: '1m' };
      d.otherwise = { verdict: 'no-show', next: 'reassign' };
      d.examples.cases = [{ id: 'gone', given: { lateBy: '1h' }, expect: { next: 'reassign' } }];
    }),
  ];
  expect(await publish(own, policies, 'searches that a test can answer')).toMatchObject({ status: 201 });
});

const cast = async (): Promise<Substitutes> => new Substitutes(own, await own.cast(1));
const toFamily = async (s: Substitutes, subject: RegExp): Promise<Mail[]> =>
  (await own.mails(s.cast)).filter((m) => m.to.startsWith('gil') && subject.test(m.subject));
const journalsOf = async (sessionId: string): Promise<string[]> =>
  (await own.query<{ kind: string; subjectId: string }>('SELECT kind, subject_id FROM journals WHERE session_id = ?', [sessionId]))
    .map((j) => `${j.kind} ${j.subjectId}`)
    .sort();

interface Held {
  reason: string;
  options: string[];
  shown: { alternatives: { option: string; startsAt: string; endsAt: string }[] };
}

test.concurrent(
  'where nobody can take it other times are offered at which everybody is free; one that was taken meanwhile is said to be',
  async () => {
    const s = await cast();
    const sessionId = await s.book(LEAD);
    await s.search(sessionId);
    const step = await own.openStep(sessionId, 'substitute');
    const { body } = await own.api<Held>('GET', `/v1/held-steps/${step.id}`);
    const [first, other] = [body.shown.alternatives[0]!, body.shown.alternatives.at(-1)!];
    expect(body.options).toEqual(['search-again', ...body.shown.alternatives.map((a) => a.option), 'keep', 'cancel']);
    expect(body.reason).toMatch(/Nobody|nobody has taken it.*Everybody is free on .*search again, move or cancel it/);
    const before = await own.session(sessionId);
    for (const a of body.shown.alternatives) expect(+new Date(a.startsAt)).toBeGreaterThanOrEqual(+before.endsAt);

    // The student has got another lesson at the first of them.
    const rival = await own.cast(0);
    await own.book({ ...s.cast, instructorId: rival.instructorId }, +new Date(first.startsAt) - +own.now(), {}, 15 * MINUTE);
    const taken = await own.decide(step, first.option);
    expect([taken.status, taken.body.code]).toEqual([409, 'slot-clash']);
    const moved = await own.decide(step, other.option);
    expect(moved).toMatchObject({ status: 200 });
    expect(await own.session(sessionId)).toMatchObject({ status: 'booked', startsAt: new Date(other.startsAt), endsAt: new Date(other.endsAt) });
    expect(await s.instructorOf(sessionId)).toEqual([s.cast.instructorId]);
    await own.until('the family to be told', async () => (await toFamily(s, /^(Moved|New time|Changed)/)).length === 1);
    expect((await own.decide(step, other.option)).body.code).toBe('already-decided');
    expect(await own.query('SELECT kind FROM changes WHERE session_id = ?', [sessionId])).toEqual([{ kind: 'reschedule' }]);
  },
);

test.concurrent.each([
  ['nobody answers and the rules keep it', 'keeps', 'booked'],
  ['nobody answers and the rules cancel it', 'cancels', 'cancelled'],
  ['the rules cancel it where nobody is found', 'gives-up', 'cancelled'],
] as const)('when %s, that is done, and nobody is charged for it', async (_when, programme, end) => {
  const s = await cast();
  const sessionId = await s.book(LEAD, { programme });
  await s.search(sessionId);
  if (programme !== 'gives-up') {
    const [step] = await own.until('the deadline', async () => {
      const decided = await own.query<{ chosen: string; state: string }>(
        `SELECT chosen, state FROM held_steps WHERE session_id = ? AND state <> 'open'`,
        [sessionId],
      );
      return decided.length > 0 && decided;
    });
    expect(step).toEqual({ chosen: programme === 'keeps' ? 'keep' : 'cancel', state: 'expired' });
  }
  expect((await own.session(sessionId)).status).toBe(end);
  expect(await own.query(`SELECT 1 FROM substitute_searches WHERE session_id = ? AND state = 'open'`, [sessionId])).toEqual([]);
  if (end === 'booked') return expect(await toFamily(s, /cancel/i)).toEqual([]);
  await own.closed(sessionId);
  await own.until('the family to be told', async () => (await toFamily(s, /^Cancelled/)).length === 1);
  expect(await journalsOf(sessionId)).toEqual([]);
});

test.concurrent(
  'who accepts two lessons of one hour at the same moment gets one; of the other they learn why not, and it is searched on',
  async () => {
    const [s, t] = [await cast(), await cast()];
    const ann = await s.add('Ann');
    const [one, two] = [await s.book(LEAD), await s.lectern.book(t.cast, LEAD, { subject: s.subject })];
    const offers = [(await s.search(one)).offers, (await s.search(two)).offers].flat();
    expect(offers.map((o) => o.personId)).toEqual([ann.id, ann.id]);
    const answers = await Promise.all(offers.map((o) => s.answer(o.id, 'accept')));
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
    const [lost, body] = answers[0]!.status === 409 ? [one, answers[0]!.body] : [two, answers[1]!.body];
    expect(body).toMatchObject({ code: 'already-decided', details: { state: 'withdrawn', reason: 'has another lesson at that time' } });
    await own.openStep(lost, 'substitute');
    expect(await s.instructorOf(lost === one ? two : one)).toEqual([ann.id]);
  },
);

test.concurrent('an acceptance and a cancellation in the same moment: one comes first, and what follows is whole', async () => {
  const s = await cast();
  const subs = await Promise.all(['Ann', 'Bea', 'Cid'].map((name) => s.add(name)));
  const lessons = await Promise.all(subs.map(async (_, n) => own.book(await own.cast(1), LEAD + n * HOUR, { subject: s.subject })));
  for (const [n, id] of lessons.entries()) {
    const offer = (await s.search(id)).offers.find((o) => o.personId === subs[n]!.id)!;
    const [accepted, cancelled] = await Promise.all([
      s.answer(offer.id, 'accept'),
      own.api('POST', `/v1/sessions/${id}/changes`, { kind: 'cancel' }),
    ]);
    expect(cancelled.status).toBe(200);
    expect((await own.session(id)).status).toBe('cancelled');
    expect((await s.instructorOf(id)).includes(subs[n]!.id)).toBe(accepted.status === 200);
    if (accepted.status !== 200) expect(accepted.body).toMatchObject({ code: 'already-decided', details: { state: 'released' } });
    const { state, offers } = await s.read(id);
    expect([state, offers.filter((o) => o.state === 'open')]).toEqual([accepted.status === 200 ? 'found' : 'ended', []]);
  }
});

test.concurrent('an offer that is over is not accepted, though nobody has ended it yet; a moment before it is', async () => {
  const s = await cast();
  const [ann, bea] = [await s.add('Ann'), await s.add('Bea')];
  const sessionId = await s.book(LEAD);
  const { offers } = await s.search(sessionId);
  const offerOf = (id: string) => offers.find((o) => o.personId === id)!;
  const at = (asOf: number) => ({
    ...{ db: own.db, organisationId: own.at.organisationId, principal: SYSTEM, requestId: null, secret: own.at.secret },
    asOf: new Date(asOf),
  });
  const expiresAt = +new Date(offerOf(ann.id).expiresAt);
  expect(await answerOffer(at(expiresAt), offerOf(ann.id).id, 'accept')).toMatchObject({ state: 'expired', isTaken: false });
  expect(await answerOffer(at(expiresAt - 1), offerOf(bea.id).id, 'accept')).toMatchObject({ state: 'accepted', isTaken: true });
  expect(await s.instructorOf(sessionId)).toEqual([bea.id]);
});

test.concurrent('who has a phone alone is asked by text message, and its link accepts', async () => {
  const s = await cast();
  const phone = `+1555${String(Date.now()).slice(-7)}`;
  const ann = await s.add('Ann', {}, { email: null, phone });
  const sessionId = await s.book(LEAD);
  await s.search(sessionId);
  const text = await own.until('the text message', async () => (await own.sink()).find((m) => m.to.includes(phone.slice(1))));
  expect(text.text).toMatch(/can you teach Invented lesson/);
  const link = /https?:\/\/\S+\/o\/[A-Za-z0-9_-]+/.exec(text.text)![0];
  expect((await fetch(`${link}/accept`, { method: 'POST' })).status).toBe(200);
  expect(await s.instructorOf(sessionId)).toEqual([ann.id]);
});

test.concurrent('two sessions that swapped their instructors are searched for as they are now', async () => {
  const [s, t] = [await cast(), await cast()];
  const ann = await s.add('Ann');
  const [one, two] = [await s.book(LEAD), await t.book(LEAD + 2 * HOUR)];
  // Both are being prepared: a busy machine may say that it is to be tried again in a moment.
  const swapped = await own.until('the swap', async () => {
    const answer = await own.api('POST', `/v1/sessions/${one}/changes`, { kind: 'swap', withSessionId: two });
    return answer.status !== 503 && answer;
  });
  expect(swapped).toMatchObject({ status: 200 });
  const { offers } = await s.search(one);
  expect(offers.map((o) => o.personId)).toEqual([ann.id]);
  expect((await s.answer(offers[0]!.id, 'accept')).status).toBe(200);
  expect([await s.instructorOf(one), await s.instructorOf(two)]).toEqual([[ann.id], [s.cast.instructorId]]);
});

test.concurrent('a search that nobody goes on with is seen by the watchdog, and goes on when its session is woken', async () => {
  const s = await cast();
  await s.add('Ann');
  const sessionId = await s.book(LEAD);
  await s.search(sessionId);
  const rounds = async (): Promise<number> =>
    (await own.query<{ round: number }>('SELECT round FROM substitute_searches WHERE session_id = ?', [sessionId]))[0]!.round;
  const before = await rounds();
  // As after a timer that was lost with the last seconds of Temporal's store.
  const stuck = await own.in(async (tx) => {
    await tx.raw('UPDATE substitute_searches SET next_at = ? WHERE session_id = ?', [new Date(+own.now() - 6 * MINUTE), sessionId]);
    const seen = await stuckSessions(tx, own.now());
    await wake(tx, sessionId);
    return seen.map((x) => x.id);
  });
  expect(stuck).toContain(sessionId);
  await own.until('the next round', async () => (await rounds()) > before);
});

test.concurrent(
  'a lesson that a substitute takes over at its start goes to its end: reviewed by them, charged to the family, paid to them',
  async () => {
    const s = await cast();
    const ann = await s.add('Ann');
    const sessionId = await s.book(40 * MINUTE, { programme: STANDS_IN }, 100 * MINUTE);
    await own.arrive(sessionId, ...s.cast.studentIds);
    const search = await s.until('the urgent search', sessionId, (x) => x.offers.length > 0);
    expect((await s.answer(search.offers[0]!.id, 'accept')).status).toBe(200);
    await own.send('participant.joined', { sessionId, personId: ann.id, connection: 'laptop' });
    await own.status(sessionId, 'documenting');
    await own.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
    const review = await own.openStep(sessionId, 'documentation.review');
    const [held] = await own.query<{ assigneeId: string }>('SELECT assignee_id FROM held_steps WHERE id = ?', [review.id]);
    expect(held!.assigneeId).toBe(ann.id);
    expect((await own.decide(review, 'approve')).status).toBe(200);
    expect(await own.closed(sessionId)).toBe('settled');
    expect(await journalsOf(sessionId)).toEqual([`charge ${s.cast.studentIds[0]!}`, `payout ${ann.id}`]);
    expect((await s.mailsTo(`ines.${s.cast.tag}@example.invalid`)).filter((m) => /review|ready/i.test(m.subject))).toEqual([]);
  },
);
