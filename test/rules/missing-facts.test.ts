import { insertSet } from '../../db/rule-sets';
import { newId } from '../../domain/ids';
import { hashRuleSet } from '../../policy/ruleset';
import type { PolicyDocument, Rule } from '../../policy/types';
import { HOUR, MINUTE, type Lectern } from '../support/lectern';
import { organisedForAll } from '../support/organisation';
import { publish, shippedRules } from '../support/rule-files';

jest.setTimeout(240_000);
let lectern: Lectern;

/** Puts the shipped rules in force, with one document edited, which promises no more what the shipped one does. */
async function publishEdited(file: string, edit: (document: PolicyDocument) => void): Promise<void> {
  const policies = shippedRules().policies.map((f) => {
    if (f.file !== file) return f;
    const { properties: _, ...document } = JSON.parse(f.text) as PolicyDocument;
    edit(document);
    return { file, text: JSON.stringify(document) };
  });
  expect(await publish(lectern, policies, `edited ${file}`)).toMatchObject({ status: 201 });
}
const owed = (sessionId: string): Promise<{ kind: string; step: string; state: string; reason: string | null }[]> =>
  lectern.query('SELECT kind, step, state, reason FROM obligations WHERE session_id = ?', [sessionId]);

organisedForAll((own) => (lectern = own));

describe('a message plan that needs a fact nobody knows', () => {
  /** Only a moved lesson has moved by some time, so this row cannot be told of a booked one. */
  const extra: Rule = {
    id: 'later-than-before',
    when: { '>': [{ var: 'movedBy' }, '0m'] },
    then: {
      kind: 'change',
      step: 'later',
      to: 'guardian',
      channel: 'email',
      anchor: 'event',
      offset: '0m',
      deadline: '24h',
      quiet: 'ignore',
      template: 'confirmation',
    },
  };
  beforeAll(() =>
    publishEdited('obligations.json', (d) => {
      d.rules.push(extra);
      d.examples.cases = [
        {
          id: 'later',
          given: { event: 'rescheduled', movedBy: '1h' },
          expect: [{ to: 'guardian' }, { to: 'student' }, { to: 'instructor' }, { step: 'later' }],
        },
      ];
    }),
  );

  test.each([
    ['plan-certain', 12, 0],
    ['plan-all', 13, 1],
    ['leave', 0, 0],
  ])('is held, and a person says: %s', async (option, rows, uncertain) => {
    const cast = await lectern.cast(1);
    const sessionId = await lectern.book(cast, 60 * HOUR);
    expect(await owed(sessionId)).toEqual([]);
    const step = await lectern.openStep(sessionId, 'plan');
    const { body } = await lectern.api<{ reason: string; shown: { open: string[]; missing: string[] } }>('GET', `/v1/held-steps/${step.id}`);
    expect(body.shown).toMatchObject({ open: ['later-than-before'], missing: ['movedBy'] });
    expect(body.reason).toMatch(/it is not clear who is to be told what.* It is not known how much later the lesson now starts/);
    expect((await lectern.decide(step, option)).status).toBe(200);
    const planned = await owed(sessionId);
    expect(planned).toHaveLength(rows);
    expect(planned.filter((o) => o.step === 'later')).toHaveLength(uncertain);
    const confirmed = async (): Promise<boolean> => (await lectern.mails(cast)).some((m) => m.to.startsWith('gil') && /^Booked/.test(m.subject));
    if (rows > 0) await lectern.until('the confirmation', confirmed);
  });

  test('a lesson that moves keeps what still holds, loses what counted from the old time, and waits for a person as well', async () => {
    const cast = await lectern.cast(1);
    const sessionId = await lectern.book(cast, 60 * HOUR);
    expect((await lectern.decide(await lectern.openStep(sessionId, 'plan'), 'plan-certain')).status).toBe(200);
    const startsAt = new Date(+lectern.now() + 80 * HOUR);
    const moved = await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, {
      kind: 'reschedule',
      startsAt: startsAt.toISOString(),
      endsAt: new Date(+startsAt + 30 * MINUTE).toISOString(),
    });
    expect(moved.status).toBe(200);
    const after = await owed(sessionId);
    expect(after.filter((o) => o.step === 'later')).toHaveLength(1);
    expect(after.filter((o) => o.kind === 'reminder' && o.state === 'planned')).toEqual([]);
    expect(after.filter((o) => o.kind === 'confirmation' && o.reason === 'session-moved')).toEqual([]);
    expect((await lectern.decide(await lectern.openStep(sessionId, 'plan'), 'plan-certain')).status).toBe(200);
    expect((await owed(sessionId)).filter((o) => o.kind === 'reminder' && o.state === 'planned')).toHaveLength(5);
  });
});

test('a payout that cannot be computed is held, and paid as a person says', async () => {
  await publishEdited('settlement.json', (d) => {
    d.otherwise = { ...d.otherwise, percent: { calc: { '-': [{ var: 'changePercent' }, 1] } } };
    d.examples.cases = [{ id: 'less than nothing', given: {}, expect: { verdict: 'hold' } }];
  });
  const cast = await lectern.cast(1, { consents: [] });
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await lectern.status(sessionId, 'ready', 'live');
  for (const personId of [cast.instructorId, ...cast.studentIds]) await lectern.send('participant.joined', { sessionId, personId });
  const step = await lectern.openStep(sessionId, 'payout');
  expect(await lectern.session(sessionId)).toMatchObject({ status: 'settling', closedAt: null });
  expect((await lectern.decide(step, 'pay')).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('settled');
  const paid = await lectern.query<{ amountMinor: number }>(
    `SELECT p.amount_minor FROM postings p JOIN journals j ON j.id = p.journal_id WHERE j.session_id = ? AND j.kind = 'payout' AND p.amount_minor > 0`,
    [sessionId],
  );
  expect(paid).toEqual([{ amountMinor: 3000 }]);
});

test('a recording that does not run yet is asked about again, with the times that the policy names then', async () => {
  await publishEdited('recording.json', (d) => {
    d.rules.splice(2, 0, {
      id: 'give-it-time',
      when: { and: [{ '==': [{ var: 'stage' }, 'start'] }, { '<': [{ var: 'lateBy' }, '8m'] }] },
      then: { next: 'expect', startWithin: '5m', readyWithin: '90m' },
    });
    d.examples.cases = [{ id: 'early', given: { stage: 'start', lateBy: '5m' }, expect: { next: 'expect', startWithin: '5m' } }];
  });
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 40 * MINUTE);
  await lectern.status(sessionId, 'ready', 'live');
  for (const personId of [cast.instructorId, ...cast.studentIds]) await lectern.send('participant.joined', { sessionId, personId });
  const rulesOf = async (): Promise<string[]> =>
    (
      await lectern.query<{ rule: string }>(
        `SELECT rule FROM decisions WHERE session_id = ? AND point = 'recording' AND seq LIKE 'start:%' ORDER BY as_of`,
        [sessionId],
      )
    ).map((d) => d.rule);
  await lectern.until('the second question', async () => (await rulesOf()).length >= 2);
  expect((await rulesOf()).slice(0, 2)).toEqual(['give-it-time', 'started-or-not-known']);
  const { endsAt } = await lectern.session(sessionId);
  const [recording] = await lectern.query<{ startBy: Date | null; readyBy: Date }>('SELECT start_by, ready_by FROM recordings WHERE session_id = ?', [
    sessionId,
  ]);
  expect(recording).toMatchObject({ startBy: null });
  expect(+recording!.readyBy - +endsAt).toBe(60 * MINUTE);
});

describe('a booking of which the rules cannot say what they need', () => {
  const request = async (): Promise<object> => {
    const { studentIds, instructorId } = await lectern.cast(1);
    const startsAt = new Date(+lectern.now() + 60 * HOUR);
    return { title: 'Fractions', startsAt: startsAt.toISOString(), endsAt: new Date(+startsAt + HOUR).toISOString(), studentIds, instructorId };
  };
  const sessions = async (): Promise<string> => (await lectern.query<{ n: string }>('SELECT count(*) AS n FROM sessions'))[0]!.n;
  /** The shipped rules with another admission, as an older check may have published them. */
  async function inForce(edit: (document: PolicyDocument) => void): Promise<void> {
    const policies = shippedRules().policies.map(({ file, text }) => {
      const document = JSON.parse(text) as PolicyDocument;
      if (file === 'admission.json') edit(document);
      return { file, text: JSON.stringify(document) };
    });
    const content = { policies, messages: shippedRules().messages };
    await lectern.in((tx) =>
      insertSet(tx, {
        id: newId(),
        hash: hashRuleSet(content),
        content,
        message: 'by an older check',
        publishedBy: null,
        publishedAt: lectern.now(),
      }),
    );
  }

  test('is held with its price, which the coordinator is shown, and booked at that price', async () => {
    await inForce((d) => {
      d.rules[0] = {
        id: 'never-enough',
        when: { '>': [{ var: 'students' }, 0] },
        then: { ...d.onMissing, holdFor: { calc: { '-': [{ var: 'notice' }, '1000d'] } } },
      };
    });
    const {
      status,
      body: { id: sessionId },
    } = await lectern.api<{ id: string }>('POST', '/v1/sessions', await request());
    expect(status).toBe(202);
    const step = await lectern.openStep(sessionId, 'booking');
    const held = (await lectern.api<{ reason: string; shown: object }>('GET', `/v1/held-steps/${step.id}`)).body;
    expect(held.reason).toContain('A value could not be computed. Approve it and it is booked at 45.00 EUR a student');
    expect(held.shown).toMatchObject({ priceMinor: 4500, payMinor: 3000, currency: 'EUR' });
    expect((await lectern.decide(step, 'approve')).status).toBe(200);
    const [session] = await lectern.query('SELECT status, price_minor, pay_minor, currency FROM sessions WHERE id = ?', [sessionId]);
    expect(session).toEqual({ status: 'booked', priceMinor: 4500, payMinor: 3000, currency: 'EUR' });
  });

  test.each(['price', 'pay', 'currency'])('that name no %s is refused, and nothing is stored', async (field) => {
    await inForce((d) => delete (d.otherwise as Record<string, unknown>)[field]);
    const before = await sessions();
    expect(await lectern.api('POST', '/v1/sessions', await request())).toMatchObject({
      status: 422,
      body: { code: 'refused-by-policy', message: expect.stringContaining('name no price, pay or currency') as string },
    });
    expect(await sessions()).toBe(before);
  });
});
