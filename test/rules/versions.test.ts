import { SYSTEM } from '../../commands/context';
import type { Published } from '../../commands/publish-rules';
import { approveDraft } from '../../commands/rule-drafts';
import { Lectern, MINUTE, type Answer } from '../support/lectern';
import { OwnOrganisation } from '../support/organisation';
import { editedPolicies, publish, shippedRules } from '../support/rule-files';
import type { RuleFile } from '../../db/rule-sets';
import type { PolicyDocument, Rule } from '../../policy/types';

jest.setTimeout(240_000);
const shared = new Lectern();
afterAll(() => shared.close());

interface WholeSet {
  number: number;
  hash: string;
  message: string;
  publishedBy: { name: string } | null;
  approvedBy: { name: string } | null;
  effectiveFrom: string;
  rollsBackTo: number | null;
  diff: { current: string[]; booked: string[] } | null;
  policies: RuleFile[];
}
const SECOND_PERSON: Rule = {
  id: 'terms',
  when: { and: [{ '>': [{ var: 'bookedDifferences' }, 0] }, { '!': [{ var: 'isRollback' }] }] },
  then: { verdict: 'second-person' },
};
const grace = (to: string): RuleFile[] => editedPolicies({ 'no-show.student.json': [['"grace": "15m"', `"grace": "${to}"`]] });
const share = (to: number): RuleFile[] => editedPolicies({ 'change.json': [['"lateShare": 50', `"lateShare": ${to}`]] });
const active = async (own: OwnOrganisation): Promise<WholeSet> => (await own.api<WholeSet>('GET', '/v1/rules/active')).body;
const audited = (own: OwnOrganisation): Promise<string[]> =>
  own.query<{ action: string }>(`SELECT action FROM audit WHERE action LIKE 'rules.%' ORDER BY id`, []).then((list) => list.map((a) => a.action));

test('each publish has author, reason, hash and what it changed, what binds a booking apart; going back publishes the earlier set', async () => {
  const own = await OwnOrganisation.of(shared);
  const first = await active(own);
  expect(first).toMatchObject({ number: 1, diff: null, publishedBy: null, rollsBackTo: null });
  const both = grace('20m').map((f) => (f.file === 'change.json' ? share(80).find((s) => s.file === f.file)! : f));
  expect((await publish(own, both, 'More patience')).status).toBe(201);
  expect(await active(own)).toMatchObject({
    number: 2,
    message: 'More patience',
    publishedBy: { name: 'Ada Admin' },
    approvedBy: null,
    diff: { current: ['no-show.student: grace 15 → 20 minutes'], booked: ['change: lateShare 50 → 80'] },
  });
  await publish(own, share(70), 'Another share');
  // Two at once: each is published, with a number of its own.
  const back = await Promise.all([1, 2].map((number) => own.api<Published>('POST', '/v1/rules/rollback', { number, message: 'Too strict' })));
  expect(back.map((b) => b.status)).toEqual([201, 201]);
  expect(back.map((b) => b.body.number).sort()).toEqual([4, 5]);
  expect((await own.api<Published>('POST', '/v1/rules/rollback', { number: 1, message: 'As shipped' })).status).toBe(201);
  const now = await active(own);
  expect(now).toMatchObject({ hash: first.hash, rollsBackTo: 1, policies: first.policies });
  expect(await audited(own)).toEqual([
    'rules.publish',
    'rules.publish',
    'rules.publish',
    'rules.rollback',
    'rules.rollback',
    ...(now.number === 6 ? ['rules.rollback'] : []),
  ]);
  expect(await own.api('POST', '/v1/rules/rollback', { number: 99, message: 'm' })).toMatchObject({ status: 404 });
});

describe('where the rules ask for a second person', () => {
  let own: OwnOrganisation;
  let other: Record<string, string>;
  const ask = (d: PolicyDocument): void => {
    d.rules = [SECOND_PERSON];
    // The shipped example says that a price needs nobody else.
    d.examples.cases = d.examples.cases.filter((c) => c.id !== 'a price');
  };
  /** The shipped rules with the row, so that nothing else differs. */
  const withRow = (files: RuleFile[]): RuleFile[] =>
    files.map((f) => {
      const document = JSON.parse(f.text) as PolicyDocument;
      if (f.file === 'publish.json') ask(document);
      return f.file === 'publish.json' ? { ...f, text: JSON.stringify(document) } : f;
    });
  const propose = (to: number): Promise<Answer<Published>> => publish(own, withRow(share(to)), `share of ${to}`);
  const approve = (id: string, version: number, headers?: Record<string, string>): Promise<Answer<{ code?: string; state?: string }>> =>
    own.api('POST', `/v1/rule-drafts/${id}/approve`, { version }, headers);
  beforeAll(async () => {
    own = await OwnOrganisation.of(shared, { 'publish.json': ask });
    other = await own.key('Bea Boss', 'admin');
  });

  test('the author proposes, and only somebody else approves, once', async () => {
    expect((await publish(own, withRow(grace('20m')), 'A grace needs nobody')).status).toBe(201);
    const { status, body } = await publish(own, withRow(share(80)), 'A share does');
    expect({ status, state: body.state, number: body.number }).toEqual({ status: 202, state: 'proposed', number: null });
    expect(await active(own)).toMatchObject({ number: 2 });
    expect(await approve(body.id, 1)).toMatchObject({ status: 403, body: { code: 'self-approval' } });
    const ctx = { db: own.db, organisationId: own.at.organisationId, principal: SYSTEM, asOf: own.now(), requestId: null, secret: own.at.secret };
    await expect(approveDraft(ctx, body.id, 1)).rejects.toMatchObject({ code: 'self-approval' });
    const both = await Promise.all([approve(body.id, 1, other), approve(body.id, 1, other)]);
    expect(both.map((a) => [a.status, a.body.code ?? a.body.state]).sort()).toEqual([
      [201, 'in-force'],
      [409, 'stale'],
    ]);
    expect(await active(own)).toMatchObject({
      number: 3,
      message: 'A share does',
      publishedBy: { name: 'Ada Admin' },
      approvedBy: { name: 'Bea Boss' },
    });
    expect(await audited(own)).toEqual(['rules.publish', 'rules.publish', 'rules.propose', 'rules.publish']);
  });

  test('a proposal that was overtaken is stale, and going back needs nobody', async () => {
    const { body } = await propose(60);
    expect(await own.api('POST', '/v1/rules/rollback', { number: 2, message: 'back at once' })).toMatchObject({ status: 201 });
    expect(await approve(body.id, 1, other)).toMatchObject({ status: 409, body: { code: 'stale' } });
    expect(await own.api('POST', `/v1/rule-drafts/${body.id}/withdraw`, { version: 1 })).toMatchObject({ status: 200, body: { state: 'withdrawn' } });
    expect(await approve(body.id, 2, other)).toMatchObject({ status: 409, body: { code: 'already-decided' } });
  });
});

test('a set that is to come into force does so by itself, and nothing is published past it', async () => {
  const own = await OwnOrganisation.of(shared);
  const effectiveFrom = new Date(+own.now() + 20 * MINUTE);
  const later = { policies: grace('20m'), messages: shippedRules().messages, message: 'from then on', effectiveFrom };
  const scheduled = await own.api<Published>('POST', '/v1/rules/publish', later);
  expect(scheduled).toMatchObject({ status: 202, body: { state: 'scheduled', effectiveFrom: effectiveFrom.toISOString() } });
  expect(await active(own)).toMatchObject({ number: 1 });
  expect(await publish(own, share(80), 'meanwhile')).toMatchObject({ status: 409, body: { code: 'already-exists' } });
  const inForce = await own.until('the set to be in force', async () => {
    const set = await active(own);
    return set.number === 2 && set;
  });
  expect(inForce).toMatchObject({ message: 'from then on', effectiveFrom: effectiveFrom.toISOString(), publishedBy: { name: 'Ada Admin' } });
  const [set] = await own.query<{ publishedAt: Date }>('SELECT published_at FROM rule_sets WHERE number = 2', []);
  expect(+set!.publishedAt).toBeGreaterThanOrEqual(+effectiveFrom);
  expect(await own.api('GET', `/v1/rule-drafts/${scheduled.body.id}`)).toMatchObject({
    body: { state: 'published', ruleSetId: expect.any(String) as string },
  });
  expect((await publish(own, share(80), 'afterwards')).status).toBe(201);
});
