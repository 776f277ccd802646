import { findingsOf } from '../db/verify';
import { HOUR, Lectern, MINUTE, TRANSCRIPT, type Cast } from './support/lectern';

jest.setTimeout(300_000);
const lectern = new Lectern();
afterAll(async () => {
  const findings = await lectern.in((tx) => findingsOf(tx, lectern.now()));
  await lectern.close();
  expect(findings.filter((f) => ['ledger balanced', 'a reversal mirrors what it takes back'].includes(f.check))).toEqual([]);
});

interface Corrected {
  code?: string;
  previewToken: string;
  verdict: string;
  attendance: { personId: string; before: string; after: string }[];
  money: { kind: string; personId: string; beforeMinor: number; afterMinor: number; held: boolean }[];
  strikes: { personId: string; kind: string; to: string }[];
  minutes: object | null;
  update: object | null;
  messages: { personId: string; kind: string }[];
  correctionId: string | null;
  heldStepId: string | null;
}
const correct = (sessionId: string, body: object, query = '') =>
  lectern.api<Corrected>('POST', `/v1/sessions/${sessionId}/corrections${query}`, body);
const preview = (sessionId: string, body: object) => correct(sessionId, body, '?preview=true');

/** What each person owes or is owed in all, and how it came to that. */
async function ledgerOf(sessionId: string): Promise<{ kinds: string[]; balance: Record<string, number> }> {
  const journals = await lectern.query<{ kind: string }>('SELECT kind FROM journals WHERE session_id = ? ORDER BY posted_at, amendment, kind', [
    sessionId,
  ]);
  const sums = await lectern.query<{ account: string; sum: number }>(
    `SELECT p.account, sum(p.amount_minor)::bigint AS sum FROM postings p JOIN journals j ON j.organisation_id = p.organisation_id AND j.id = p.journal_id
     WHERE j.session_id = ? GROUP BY p.account`,
    [sessionId],
  );
  expect(sums.reduce((total, s) => total + s.sum, 0)).toBe(0);
  const balance: Record<string, number> = {};
  for (const { account, sum } of sums) balance[account.replace(/:.*/, '')] = (balance[account.replace(/:.*/, '')] ?? 0) + sum;
  return { kinds: journals.map((j) => j.kind), balance };
}
const verdictOf = async (sessionId: string, personId: string): Promise<string> =>
  (await lectern.query<{ verdict: string }>('SELECT verdict FROM participants WHERE session_id = ? AND person_id = ?', [sessionId, personId]))[0]!
    .verdict;
const told = async (cast: Cast, subject: RegExp) => (await lectern.mails(cast)).filter((m) => subject.test(m.subject));
const strikesOf = async (personId: string): Promise<{ state: string; kind: string; termName: string | null }[]> =>
  (await lectern.api<{ strikes: { state: string; kind: string; termName: string | null }[] }>('GET', `/v1/people/${personId}`)).body.strikes;

/** A lesson that was taught, documented, charged and closed. */
async function settled(cast: Cast): Promise<string> {
  const { sessionId, step } = await lectern.underReview(cast);
  await lectern.decide(step, 'approve');
  expect(await lectern.closed(sessionId)).toBe('settled');
  return sessionId;
}
/** One to which a student did not come, for which a person charged them. */
async function missed(cast: Cast, student: number): Promise<string> {
  const { sessionId, step } = await lectern.underReview(cast, { present: cast.studentIds.filter((_, i) => i !== student) });
  await lectern.decide(step, 'approve');
  expect((await lectern.decide(await lectern.openStep(sessionId, 'charge'), 'charge')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  return sessionId;
}

test.concurrent('a charge that is disputed on Monday is taken back: previewed, reversed, told once, and the books balance', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await settled(cast);
  const price = (await ledgerOf(sessionId)).balance.receivable!;
  const body = { kind: 'charge', personId: cast.studentIds[0]!, chargePercent: 0, reason: 'The sound was broken.' };
  const foreseen = await preview(sessionId, body);
  expect(foreseen).toMatchObject({
    status: 200,
    body: { verdict: 'allow', money: [{ kind: 'charge', beforeMinor: price, afterMinor: 0, held: false }] },
  });
  expect(foreseen.body.messages.map((m) => m.personId)).toEqual(cast.guardianIds);
  expect((await ledgerOf(sessionId)).kinds).toEqual(['charge', 'payout']);

  const { previewToken } = foreseen.body;
  const other = await correct(sessionId, { ...body, chargePercent: 10, previewToken });
  expect(other).toMatchObject({ status: 409, body: { code: 'stale', details: { difference: [{ path: '/money' }] } } });
  const done = await correct(sessionId, { ...body, previewToken });
  expect(done).toMatchObject({ status: 200, body: { money: foreseen.body.money, messages: [{ personId: cast.guardianIds[0] }] } });
  expect(await ledgerOf(sessionId)).toMatchObject({ kinds: ['charge', 'payout', 'reversal'], balance: { receivable: 0, revenue: 0 } });
  const [mail] = await lectern.until('the message', async () => {
    const found = await told(cast, /^Corrected/);
    return found.length > 0 && found;
  });
  expect(mail!.text).toMatch(/Charged for it: 0\.00 EUR. Before it was [\d.]+ EUR/);
  expect(mail!.text).toContain('The sound was broken.');
  expect(await correct(sessionId, body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  const half = await correct(sessionId, { ...body, chargePercent: 50 });
  expect(half.body.money).toMatchObject([{ beforeMinor: 0, afterMinor: price / 2 }]);
  expect((await ledgerOf(sessionId)).balance.receivable).toBe(price / 2);
  const { body: list } = await lectern.api<{ items: { n: number; reason: string }[] }>('GET', `/v1/sessions/${sessionId}/corrections`);
  expect(list.items.map((c) => c.n)).toEqual([1, 2]);
  const timeline = await lectern.query<{ kind: string }>('SELECT kind FROM timeline WHERE session_id = ?', [sessionId]);
  expect(timeline.filter((t) => t.kind === 'session.corrected')).toHaveLength(2);
  await lectern.until('both messages', async () => (await told(cast, /^Corrected/)).length === 2);
});

test.concurrent('pay is corrected as well, and the instructor is told', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await settled(cast);
  expect((await correct(sessionId, { kind: 'payout', personId: cast.studentIds[0]!, payPercent: 0 })).status).toBe(400);
  expect((await correct(sessionId, { kind: 'payout', personId: cast.instructorId, payPercent: 50 })).status).toBe(200);
  const { kinds, balance } = await ledgerOf(sessionId);
  expect(kinds.sort()).toEqual(['charge', 'payout', 'payout', 'reversal']);
  expect(balance.payable).toBeLessThan(0);
  await lectern.until('the message', async () => (await told(cast, /^Pay corrected/)).length === 1);
  expect(await told(cast, /^Corrected/)).toEqual([]);
});

test.concurrent('a no-show counts a strike in its term; who is excused after close loses it, is charged nothing, and both are shown', async () => {
  const cast = await lectern.cast(2);
  const absent = cast.studentIds[1]!;
  const day = (offset: number): string => new Date(+lectern.now() + offset * 24 * HOUR).toISOString().slice(0, 10);
  const term = { name: `Term ${cast.tag}`, startsOn: day(-60), endsOn: day(60) };
  const added = await lectern.api<{ code?: string }>('POST', '/v1/terms', term);
  expect([201, 409]).toContain(added.status);
  expect((await lectern.api<{ code: string }>('POST', '/v1/terms', { ...term, name: `${term.name} again` })).body.code).toBe('already-exists');
  const sessionId = await missed(cast, 1);
  expect(await strikesOf(absent)).toMatchObject([{ state: 'counted', kind: 'no-show' }]);
  expect((await strikesOf(absent))[0]!.termName).not.toBeNull();
  expect((await lectern.api<{ strikesThisTerm: number }>('GET', `/v1/people/${absent}`)).body.strikesThisTerm).toBe(1);
  expect(await strikesOf(cast.studentIds[0]!)).toEqual([]);

  const excuse = { kind: 'attendance', personId: absent, verdict: 'excused', chargePercent: 0, reason: 'A power cut.' };
  const done = await correct(sessionId, excuse);
  expect(done.body).toMatchObject({ attendance: [{ before: 'no-show', after: 'undecided' }], strikes: [{ personId: absent, to: 'reversed' }] });
  expect(done.body.money).toHaveLength(1);
  expect(await strikesOf(absent)).toMatchObject([{ state: 'reversed' }]);
  expect(await verdictOf(sessionId, absent)).toBe('undecided');
  const mail = await lectern.until('the message', async () => (await told(cast, /^Corrected/))[0]);
  expect(mail.to).toBe(`gil1.${cast.tag}@example.invalid`);
  expect(mail.text).toContain('is now listed as excused');
});

test.concurrent('a late cancellation is a strike, one in good time is none', async () => {
  const [late, early] = [await lectern.cast(1), await lectern.cast(1)];
  for (const [cast, leadMs] of [
    [late, 3 * HOUR],
    [early, 90 * HOUR],
  ] as const) {
    const sessionId = await lectern.book(cast, leadMs);
    expect((await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel', reason: 'ill' })).status).toBe(200);
    expect(await lectern.closed(sessionId)).toBe('cancelled');
  }
  expect(await strikesOf(late.studentIds[0]!)).toMatchObject([{ state: 'counted', kind: 'late-cancellation' }]);
  expect(await strikesOf(early.studentIds[0]!)).toEqual([]);
});

test.concurrent('a strike is forgiven, and stays so', async () => {
  const cast = await lectern.cast(2);
  const absent = cast.studentIds[1]!;
  const sessionId = await missed(cast, 1);
  expect((await correct(sessionId, { kind: 'strike', personId: absent, reason: 'First time.' })).body.strikes).toMatchObject([{ to: 'forgiven' }]);
  expect(await strikesOf(absent)).toMatchObject([{ state: 'forgiven' }]);
  expect((await correct(sessionId, { kind: 'strike', personId: absent })).status).toBe(400);
});

test.concurrent('an arrival that comes to light after close corrects by itself what costs nothing more, once', async () => {
  const cast = await lectern.cast(2);
  const late = cast.studentIds[1]!;
  const sessionId = await missed(cast, 1);
  const { startsAt } = await lectern.session(sessionId);
  const join = { sessionId, personId: late, connection: 'phone' };
  const sent = await lectern.send('participant.joined', join, new Date(+startsAt + 2 * MINUTE));
  expect(await lectern.applied(sent.body.id)).toMatchObject({ state: 'applied' });
  expect(await verdictOf(sessionId, late)).toBe('arrived');
  expect(await strikesOf(late)).toMatchObject([{ state: 'reversed' }]);
  // Charged as missed before, charged as attended now: the same, so nothing is posted.
  expect((await ledgerOf(sessionId)).kinds).not.toContain('reversal');
  await lectern.send('participant.joined', { ...join, connection: 'laptop' }, new Date(+startsAt + 3 * MINUTE));
  const mail = await lectern.until('the message', async () => (await told(cast, /^Corrected/))[0]);
  expect(mail.text).toContain('is now listed as having been there');
  expect(await lectern.query('SELECT made_by FROM corrections WHERE session_id = ?', [sessionId])).toEqual([{ madeBy: null }]);
  expect(await told(cast, /^Corrected/)).toHaveLength(1);
});

test.concurrent('evidence that comes after close and would cost a family more waits for a coordinator', async () => {
  const cast = await lectern.cast(2);
  const late = cast.studentIds[1]!;
  const sessionId = await missed(cast, 1);
  await correct(sessionId, { kind: 'charge', personId: late, chargePercent: 0 });
  const { startsAt } = await lectern.session(sessionId);
  await lectern.send('participant.joined', { sessionId, personId: late, connection: 'phone' }, new Date(+startsAt + 2 * MINUTE));
  const step = await lectern.openStep(sessionId, 'correction');
  expect(await verdictOf(sessionId, late)).toBe('no-show');
  const { body } = await lectern.api<{ reason: string }>('GET', `/v1/held-steps/${step.id}`);
  expect(body.reason).toMatch(/would be said to have come.*instead of 0\.00 EUR/);
  expect((await lectern.decide(step, 'approve')).status).toBe(200);
  expect(await verdictOf(sessionId, late)).toBe('arrived');
  expect((await ledgerOf(sessionId)).kinds.filter((k) => k === 'charge')).toHaveLength(3);
});

test.concurrent('a transcript that comes after close is drafted, reviewed and told, and what was charged stays', async () => {
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  await lectern.decide(await lectern.openStep(sessionId, 'recording'), 'proceed-without');
  expect(await lectern.closed(sessionId)).toBe('settled');
  const before = await ledgerOf(sessionId);
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT });
  const step = await lectern.openStep(sessionId, 'documentation.review');
  expect((await lectern.decide(step, 'approve')).status).toBe(200);
  await lectern.until('the update', async () => (await told(cast, /how the lesson went/)).length === 1);
  expect((await lectern.session(sessionId)).status).toBe('settled');
  expect(await ledgerOf(sessionId)).toEqual(before);
  // Once: another transcript is kept, and nothing is drafted again.
  await lectern.send('transcript.ready', { sessionId, lines: TRANSCRIPT.slice(0, 2) });
  expect(await lectern.query(`SELECT kind FROM corrections WHERE session_id = ?`, [sessionId])).toEqual([{ kind: 'transcript' }]);
});

test.concurrent('a lesson that lasted three quarters is charged and paid so: who came, but for whom a person said a share; told once', async () => {
  const cast = await lectern.cast(3);
  const [absent, , waived] = cast.studentIds as [string, string, string];
  const sessionId = await missed(cast, 0);
  const price = (await ledgerOf(sessionId)).balance.receivable! / 3;
  await correct(sessionId, { kind: 'charge', personId: waived, chargePercent: 0 });
  await lectern.until('the first message', async () => (await told(cast, /^Corrected/)).length === 1);
  const { startsAt, endsAt } = await lectern.session(sessionId);
  const deliveredMinutes = Math.floor(((+endsAt - +startsAt) / MINUTE) * 0.75 - 0.5);
  const body = { kind: 'minutes', deliveredMinutes, reason: 'The lights went out.' };
  const foreseen = await preview(sessionId, body);
  const share = (deliveredMinutes / 30) * 100;
  expect(foreseen.body.minutes).toEqual({ agreed: 30, before: 30, after: deliveredMinutes, chargePercent: share, payPercent: share });
  expect(foreseen.body.money.map((m) => [m.kind, m.personId, m.held]).sort()).toEqual(
    [
      ['charge', cast.studentIds[1], false],
      ['payout', cast.instructorId, false],
    ].sort(),
  );
  const { previewToken } = foreseen.body;
  expect(await correct(sessionId, { ...body, deliveredMinutes: 10, previewToken })).toMatchObject({ status: 409, body: { code: 'stale' } });
  const done = await correct(sessionId, { ...body, previewToken });
  expect(done).toMatchObject({ status: 200, body: { money: foreseen.body.money } });
  const after = await ledgerOf(sessionId);
  // The one who did not come pays the whole of it, as before.
  expect(after.balance.receivable).toBe(price + Math.round((price * share) / 100));
  expect(after.balance.payable).toBe(-Math.round((3000 * share) / 100));
  expect(await correct(sessionId, body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  await lectern.until('the messages', async () => (await told(cast, /^Pay corrected/)).length === 1 && (await told(cast, /^Corrected/)).length === 3);
  const mails = await told(cast, /^(Corrected|Pay)/);
  expect(mails.filter((m) => m.text.includes(`${deliveredMinutes} minutes; 30 were agreed`)).map((m) => m.to.split('.')[0])).toEqual(
    expect.arrayContaining(['gil1', 'gil2', 'ines']),
  );
  // Somebody who turns out to have come is charged for what was taught, as the others.
  await correct(sessionId, { kind: 'attendance', personId: absent, verdict: 'arrived' });
  expect((await ledgerOf(sessionId)).balance.receivable).toBe(2 * Math.round((price * share) / 100));
  // As long as agreed after all: the same as at first.
  await correct(sessionId, { kind: 'minutes', deliveredMinutes: 30 });
  expect((await ledgerOf(sessionId)).balance).toMatchObject({ receivable: 2 * price, payable: -3000 });
});

test.concurrent(
  'the text of an update is mended after close: previewed, sent once more as corrected to who got it, and kept beside the old one',
  async () => {
    const cast = await lectern.cast(2);
    const { sessionId, step } = await lectern.underReview(cast, { present: cast.studentIds.slice(0, 1) });
    await lectern.decide(step, 'approve');
    await lectern.decide(await lectern.openStep(sessionId, 'charge'), 'waive');
    expect(await lectern.closed(sessionId)).toBe('settled');
    const before = await ledgerOf(sessionId);
    const update = { paragraphs: ['We looked at fractions, not at decimals.'] };
    const body = { kind: 'document', update, reason: 'A slip of the pen.' };
    expect(await correct(sessionId, { kind: 'document', update: { paragraphs: [] } })).toMatchObject({ status: 400 });
    const foreseen = await preview(sessionId, body);
    expect(foreseen.body).toMatchObject({
      verdict: 'allow',
      money: [],
      update: { after: update },
      messages: [{ personId: cast.guardianIds[0], step: 'corrected' }],
    });
    const { previewToken } = foreseen.body;
    const twice = await Promise.all([correct(sessionId, { ...body, previewToken }), correct(sessionId, { ...body, previewToken })]);
    expect(twice.map((a) => a.status).sort()).toEqual([200, 400]);
    const mail = await lectern.until('the message', async () => (await told(cast, /^Corrected/))[0]);
    expect(mail.to).toBe(`gil0.${cast.tag}@example.invalid`);
    for (const text of ['not at decimals', 'A slip of the pen.']) expect(mail.text).toContain(text);
    expect(await ledgerOf(sessionId)).toEqual(before);
    const drafts = await lectern.query<{ approved: boolean }>(
      `SELECT d.approved_draft_id = f.id AS approved FROM drafts f JOIN documents d ON d.id = f.document_id
     WHERE d.session_id = ? AND d.kind = 'parent-update' ORDER BY f.n`,
      [sessionId],
    );
    expect(drafts.map((d) => d.approved)).toEqual([false, true]);
    expect(await correct(sessionId, body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(await told(cast, /^Corrected/)).toHaveLength(1);
    expect((await lectern.session(sessionId)).status).toBe('settled');
  },
);

test.concurrent('what is closed is changed by corrections alone, and what is open by none', async () => {
  const cast = await lectern.cast(1);
  const open = await lectern.book(await lectern.cast(1), 90 * HOUR);
  const charge = { kind: 'charge', personId: cast.studentIds[0]!, chargePercent: 0 };
  expect((await correct(open, charge)).body.code).toBe('illegal-move');
  const sessionId = await settled(cast);
  const startsAt = new Date(+lectern.now() + 90 * HOUR);
  for (const change of [
    { kind: 'cancel' },
    { kind: 'reschedule', startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + HOUR).toISOString() },
  ])
    expect((await lectern.api<{ code: string }>('POST', `/v1/sessions/${sessionId}/changes`, change)).body.code).toBe('illegal-move');
  const { allowedActions } = (await lectern.api<{ allowedActions: { action: string; allowed: boolean }[] }>('GET', `/v1/sessions/${sessionId}`)).body;
  expect(allowedActions.filter((a) => a.allowed).map((a) => a.action)).toEqual(['correct', 'upload-transcript']);
  const stranger = (await lectern.cast(1)).studentIds[0]!;
  expect((await correct(sessionId, { ...charge, personId: stranger })).status).toBe(404);
});
