import { crowd } from './support/crowd';
import { HOUR, MINUTE, type Lectern } from './support/lectern';
import { organisedForAll } from './support/organisation';
import { alwaysFor, publish, shippedRules } from './support/rule-files';

jest.setTimeout(300_000);
let lectern: Lectern;

/** 4500 and 3000 minor units; 12.34 % of the one is 555.3, rounded up as this programme's rules declare. */
const SHARE = 12.34;
const FEE = 556;
const PAY = 370;

/** The shipped charge policy for one programme, with another rounding, or with what was moved held for a coordinator. */
const chargeFor = (programme: string, edit: (text: string) => string) => {
  const text = shippedRules().policies.find((p) => p.file === 'charge.json')!.text;
  return { file: `${programme}.charge.json`, text: edit(text).replace('"binding":', `"appliesTo": { "programme": "${programme}" },\n  "binding":`) };
};
const heldWhenMoved = (text: string): string => {
  const document = JSON.parse(text) as { rules: { id: string; then: object }[]; examples: { cases: { given: { moved?: boolean } }[] } };
  document.rules.find((r) => r.id === 'moved')!.then = { verdict: 'hold', percent: 0, rounding: 'half-up' };
  document.examples.cases = document.examples.cases.filter((c) => !c.given.moved);
  return JSON.stringify(document, null, 2);
};

organisedForAll((own) => (lectern = own));
beforeAll(async () => {
  const policies = [
    ...shippedRules().policies,
    alwaysFor('fees', 'change', { verdict: 'allow', chargePercent: SHARE }),
    chargeFor('fees', (text) => text.replaceAll('half-up', 'up')),
    alwaysFor('asked', 'change', { verdict: 'allow', chargePercent: SHARE }),
    chargeFor('asked', heldWhenMoved),
  ];
  const published = await publish(lectern, policies, 'a move costs something');
  if (published.status !== 201) throw new Error(JSON.stringify(published.body));
});

interface Described {
  charges: { studentId: string; percent: number; amountMinor: number; currency: string; held: boolean }[];
}
const change = (sessionId: string, body: object, query = '') => lectern.api<Described>('POST', `/v1/sessions/${sessionId}/changes${query}`, body);

/** Makes a change after its preview; both have to say the same of the charge. */
async function changed(sessionId: string, body: object): Promise<Described['charges']> {
  const preview = await change(sessionId, body, '?preview=true');
  const made = await change(sessionId, body);
  expect([preview.status, made.status]).toEqual([200, 200]);
  expect(made.body.charges).toEqual(preview.body.charges);
  return preview.body.charges;
}
function moveTo(leadMs: number): object {
  const startsAt = new Date(+lectern.now() + leadMs);
  return { kind: 'reschedule', startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + 20 * MINUTE).toISOString() };
}
const journalsOf = async (sessionId: string): Promise<string[]> =>
  (
    await lectern.query<{ kind: string; rev: number; subjectId: string; amountMinor: number }>(
      `SELECT j.kind, j.rev, j.subject_id, p.amount_minor FROM journals j JOIN postings p ON p.journal_id = j.id
       WHERE j.session_id = ? AND p.amount_minor > 0 ORDER BY j.kind, j.rev, p.amount_minor`,
      [sessionId],
    )
  ).map((j) => `${j.kind} ${j.rev} ${j.amountMinor}`);

test('each move that costs something is charged and paid for once, beside the lesson, as its preview said', async () => {
  const cast = await crowd(lectern, 2, false);
  const sessionId = await lectern.book(cast, 60 * HOUR, { programme: 'fees' });
  for (const leadMs of [70 * HOUR, 40 * MINUTE]) {
    const charges = await changed(sessionId, moveTo(leadMs));
    expect(charges.map((c) => [c.percent, c.amountMinor, c.held])).toEqual([
      [SHARE, FEE, false],
      [SHARE, FEE, false],
    ]);
  }
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  expect(await lectern.closed(sessionId)).toBe('settled');
  const twice = (kind: string, rev: number, amount: number): string[] => [`${kind} ${rev} ${amount}`, `${kind} ${rev} ${amount}`];
  expect(await journalsOf(sessionId)).toEqual([
    ...twice('charge', 1, FEE),
    ...twice('charge', 2, FEE),
    ...twice('charge', 3, 4500),
    `payout 1 ${PAY}`,
    `payout 2 ${PAY}`,
    'payout 3 3000',
  ]);
  expect(await lectern.query('SELECT currency FROM postings GROUP BY currency HAVING sum(amount_minor) <> 0')).toEqual([]);
});

test('a lesson that was moved and then cancelled is charged for both, as both previews said', async () => {
  const cast = await crowd(lectern, 1, false);
  const sessionId = await lectern.book(cast, 60 * HOUR, { programme: 'fees' });
  const moved = await changed(sessionId, moveTo(70 * HOUR));
  const cancelled = await changed(sessionId, { kind: 'cancel' });
  expect(await lectern.closed(sessionId)).toBe('cancelled');
  expect([...moved, ...cancelled].map((c) => c.amountMinor)).toEqual([FEE, FEE]);
  expect(await journalsOf(sessionId)).toEqual([`charge 1 ${FEE}`, `charge 3 ${FEE}`, `payout 1 ${PAY}`, `payout 3 ${PAY}`]);
});

test('what the rules leave to a person is said so in the preview, asked once, and charged as the person says', async () => {
  const cast = await crowd(lectern, 1, false);
  const sessionId = await lectern.book(cast, 60 * HOUR, { programme: 'asked' });
  expect(await changed(sessionId, moveTo(40 * MINUTE))).toMatchObject([{ amountMinor: 0, held: true }]);
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  const step = await lectern.openStep(sessionId, 'charge');
  expect((await lectern.decide(step, 'charge')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  expect(await journalsOf(sessionId)).toEqual(['charge 1 555', 'charge 2 4500', `payout 1 ${PAY}`, 'payout 2 3000']);
});

test('a move that costs nothing, and one of a booking that waits for a coordinator, is charged nothing', async () => {
  const cast = await crowd(lectern, 1, false);
  const sessionId = await lectern.book(cast, 60 * HOUR);
  expect(await changed(sessionId, moveTo(40 * MINUTE))).toMatchObject([{ percent: 0, amountMinor: 0, held: false }]);
  await lectern.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  expect(await lectern.closed(sessionId)).toBe('settled');
  expect(await journalsOf(sessionId)).toEqual(['charge 2 4500', 'payout 2 3000']);
});
