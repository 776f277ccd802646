import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { followShadow } from '../../commands/shadow/follow';
import { failShadow } from '../../commands/shadow/shadow';
import type { Published } from '../../commands/publish-rules';
import { insertDecisions, type DecisionRow } from '../../db/decisions';
import type { Database } from '../../db/database';
import type { RuleFile } from '../../db/rule-sets';
import { newId } from '../../domain/ids';
import type { Disagreement } from '../../policy/backtest-report';
import type { PolicyDocument } from '../../policy/types';
import { ROOT, rulesOf } from '../support/cli';
import { HOUR, Lectern, type Answer } from '../support/lectern';
import { OwnOrganisation } from '../support/organisation';
import { alwaysFor, editedPolicies, publish, shippedRules } from '../support/rule-files';

jest.setTimeout(240_000);
const shared = new Lectern();
afterAll(() => shared.close());

interface Shadow {
  id: string;
  version: number;
  endedAt: string | null;
  endedAs: string | null;
  reason: string | null;
  draftState: string;
  code?: string;
  report: Disagreement & { waiting: number };
}
interface Difference {
  id: string;
  sessionId: string;
  programme: string | null;
  was: { outcome: string };
  is: { outcome: string };
}
const { messages } = shippedRules();
const share = (to: number): RuleFile[] => editedPolicies({ 'change.json': [['"lateShare": 50', `"lateShare": ${to}`]] });

async function draftOf(own: OwnOrganisation, policies: RuleFile[], message = 'A share'): Promise<string> {
  const answer = await own.api<{ id: string }>('POST', '/v1/rule-drafts', { policies, messages, message });
  expect(answer.status).toBe(201);
  return answer.body.id;
}
const start = (own: OwnOrganisation, draftId: string, headers?: Record<string, string>): Promise<Answer<Shadow>> =>
  own.api<Shadow>('POST', '/v1/rule-shadows', { draftId }, headers);
const shadowOf = async (own: OwnOrganisation, id: string): Promise<Shadow> => (await own.api<Shadow>('GET', `/v1/rule-shadows/${id}`)).body;
const audited = (own: OwnOrganisation): Promise<string[]> =>
  own.query<{ action: string }>(`SELECT action FROM audit WHERE action LIKE 'rules.%' ORDER BY id`).then((list) => list.map((a) => a.action));

/** Everything that was decided since has been looked at, by whoever was first. */
function lookedAt(own: OwnOrganisation, id: string, least: number): Promise<Shadow> {
  return own.until('the shadow to have looked', async () => {
    const shadow = await shadowOf(own, id);
    return shadow.report.waiting === 0 && shadow.report.decisions >= least && shadow;
  });
}
async function bookAndCancel(own: OwnOrganisation, more: object = {}): Promise<string> {
  const id = await own.book(await own.cast(1), 20 * HOUR, more);
  expect((await own.api('POST', `/v1/sessions/${id}/changes`, { kind: 'cancel' })).status).toBe(200);
  await own.closed(id);
  return id;
}
const decidedSince = async (own: OwnOrganisation, shadowId: string): Promise<number> =>
  (
    await own.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM decisions WHERE as_of >= (SELECT started_at FROM rule_shadows WHERE id = ?)',
      [shadowId],
    )
  )[0]!.count;

test('a draft is asked of everything that is decided, and nothing follows from it; then it is published by one request', async () => {
  const own = await OwnOrganisation.of(shared);
  await bookAndCancel(own);
  const coordinator = await own.key('Cora Coordinator', 'coordinator');
  const draftId = await draftOf(own, share(80));
  expect(await start(own, draftId, coordinator)).toMatchObject({ status: 403 });
  const { status, body: begun } = await start(own, draftId);
  expect({ status, decisions: begun.report.decisions }).toEqual({ status: 201, decisions: 0 });
  expect(await start(own, draftId)).toMatchObject({ status: 409, body: { code: 'already-exists', details: { id: begun.id } } });

  const inMaths = await bookAndCancel(own, { programme: 'Maths' });
  await own.book(await own.cast(1), 20 * HOUR, { programme: 'Maths' });
  const { report } = await lookedAt(own, begun.id, await decidedSince(own, begun.id));
  expect(report).toMatchObject({ differ: 1, otherRule: 0, unjudged: 0, decisions: await decidedSince(own, begun.id) });
  expect(report.byOutcome).toEqual([
    { point: 'change', was: 'verdict allow, charge percent 50 %', is: 'verdict allow, charge percent 80 %', decisions: 1 },
  ]);
  expect(report.byRule).toEqual([{ point: 'change', was: expect.any(String) as string, is: expect.any(String) as string, decisions: 1 }]);
  expect(report.byProgramme[0]).toMatchObject({ programme: 'Maths', differ: 1 });
  // The family was charged by the rules in force.
  const [charged] = await own.query<{ outcome: { chargePercent: number } }>(
    `SELECT outcome FROM decisions WHERE session_id = ? AND point = 'change'`,
    [inMaths],
  );
  expect(charged!.outcome.chargePercent).toBe(50);

  const listed = await own.api<{ items: Difference[] }>('GET', `/v1/rule-shadows/${begun.id}/differences`, undefined, coordinator);
  expect(listed.body.items).toMatchObject([{ sessionId: inMaths, programme: 'Maths', is: { outcome: 'verdict allow, charge percent 80 %' } }]);
  const opened = `/v1/decisions/${listed.body.items[0]!.id}/shadow`;
  expect((await own.api('GET', opened, undefined, coordinator)).body).toMatchObject({
    recorded: { outcome: { chargePercent: 50 }, sentence: expect.stringContaining('50 %') as string },
    draft: { differs: true, outcome: { chargePercent: 80 }, sentence: expect.stringContaining('80 %') as string },
  });

  const promote = `/v1/rule-shadows/${begun.id}/promote`;
  expect(await own.api('POST', promote, { version: 1 }, coordinator)).toMatchObject({ status: 403 });
  expect(await own.api<Published>('POST', promote, { version: 1 })).toMatchObject({ status: 201, body: { state: 'in-force', number: 2 } });
  const ended = await shadowOf(own, begun.id);
  expect(ended).toMatchObject({ endedAs: 'published', draftState: 'published', version: 2 });
  expect(await own.api('POST', promote, { version: 2 })).toMatchObject({ status: 409, body: { code: 'already-decided' } });
  expect(await own.api('POST', `/v1/rule-shadows/${begun.id}/stop`, { version: 2 })).toMatchObject({
    status: 409,
    body: { code: 'already-decided' },
  });
  expect(await audited(own)).toEqual(['rules.publish', 'rules.draft', 'rules.shadow', 'rules.publish', 'rules.shadow-end']);
  // What is decided from here on is nothing that it was asked of.
  await own.book(await own.cast(1), 30 * HOUR);
  expect((await lookedAt(own, begun.id, report.decisions)).report.decisions).toBe(report.decisions);
});

test('broken off anywhere and done again, by several at once, each decision has one answer and none has none', async () => {
  const own = await OwnOrganisation.of(shared);
  const { body: shadow } = await start(own, await draftOf(own, share(80)));
  await Promise.all([bookAndCancel(own), bookAndCancel(own), bookAndCancel(own)]);
  await lookedAt(own, shadow.id, 10);
  // As if nothing had been written down yet: everything is looked at once more, by two at once, one of whom is ended before each commit.
  const broken: Database = {
    ...own.db,
    inOrganisation: (organisationId, work) =>
      own.db.inOrganisation(organisationId, async (tx) => {
        await work(tx);
        throw new Error('ended');
      }),
  };
  const following = { organisationId: own.at.organisationId, shadowId: shadow.id, asOf: () => own.now() };
  const again = (db: Database): Promise<string> =>
    followShadow(db, following).then(
      () => 'done',
      (error: Error) => error.message,
    );
  for (const kept of ['answers', 'none']) {
    if (kept === 'none') await own.query('DELETE FROM shadow_answers WHERE shadow_id = ?', [shadow.id]);
    await own.query('UPDATE rule_shadows SET seen_recorded = 0 WHERE id = ?', [shadow.id]);
    expect((await Promise.all([again(broken), again(own.db), again(broken), again(own.db)])).filter((end) => end === 'done').length).toBeGreaterThan(
      1,
    );
    const { report } = await lookedAt(own, shadow.id, 10);
    expect(report).toMatchObject({ differ: 3, unjudged: 0 });
    const counted = await own.query<{ decisions: number; answers: number }>(
      `SELECT (SELECT count(*)::int FROM decisions) AS decisions, (SELECT count(*)::int FROM shadow_answers) AS answers`,
    );
    expect(counted).toEqual([{ decisions: report.decisions, answers: report.decisions }]);
  }
});

test('where the rules ask for a second person it is proposed and goes on beside; what was overtaken is stale', async () => {
  const ask = (d: PolicyDocument): void => {
    d.rules = [{ id: 'terms', when: { '>': [{ var: 'bookedDifferences' }, 0] }, then: { verdict: 'second-person' } }];
    d.examples.cases = d.examples.cases.filter((c) => c.id !== 'a price');
  };
  const own = await OwnOrganisation.of(shared, { 'publish.json': ask });
  const withRow = (files: RuleFile[]): RuleFile[] =>
    files.map((f) => {
      const document = JSON.parse(f.text) as PolicyDocument;
      if (f.file === 'publish.json') ask(document);
      return f.file === 'publish.json' ? { ...f, text: JSON.stringify(document) } : f;
    });
  const other = await own.key('Bea Boss', 'admin');
  const first = await start(own, await draftOf(own, withRow(share(60))));
  expect((await publish(own, withRow(editedPolicies({ 'no-show.student.json': [['"grace": "15m"', '"grace": "20m"']] })), 'meanwhile')).status).toBe(
    201,
  );
  const promote = (id: string, headers?: Record<string, string>): Promise<Answer<Published & { code?: string }>> =>
    own.api('POST', `/v1/rule-shadows/${id}/promote`, { version: 1 }, headers);
  expect(await promote(first.body.id)).toMatchObject({ status: 409, body: { code: 'stale' } });
  expect((await own.api('POST', `/v1/rule-shadows/${first.body.id}/stop`, { version: 1 })).body).toMatchObject({ endedAs: 'stopped' });

  const draftId = await draftOf(own, withRow(share(80)));
  const { body: shadow } = await start(own, draftId);
  // Ada wrote it; Bea wants it in force, and answers for it from here on.
  expect(await promote(shadow.id, other)).toMatchObject({ status: 202, body: { state: 'proposed', id: draftId, number: null } });
  expect(await shadowOf(own, shadow.id)).toMatchObject({ endedAt: null, draftState: 'proposed' });
  const approve = (headers?: Record<string, string>) => own.api('POST', `/v1/rule-drafts/${draftId}/approve`, { version: 2 }, headers);
  expect(await approve(other)).toMatchObject({ status: 403, body: { code: 'self-approval' } });
  expect(await approve()).toMatchObject({ status: 201 });
  expect(await shadowOf(own, shadow.id)).toMatchObject({ endedAs: 'published', draftState: 'published' });
});

test('a draft that needs a fact of which there is no record, or fails on one decision, or altogether, costs the rules in force nothing', async () => {
  const own = await OwnOrganisation.of(shared);
  const policies = shippedRules().policies.map((f) => {
    if (f.file !== 'admission.json') return f;
    const document = JSON.parse(f.text) as PolicyDocument;
    document.rules.unshift({ id: 'trials', when: { var: 'isTrial' }, then: { verdict: 'hold', holdFor: '24h' } });
    return { ...f, text: JSON.stringify(document) };
  });
  const draftId = await draftOf(own, share(80));
  const { body: shadow } = await start(own, draftId);
  const spoil = (content: RuleFile[]): Promise<unknown[]> =>
    own.query(`UPDATE rule_drafts SET content = jsonb_set(content, '{policies}', ?::jsonb) WHERE id = ?`, [JSON.stringify(content), draftId]);
  await spoil(policies);
  const booked = await own.book(await own.cast(1), 20 * HOUR);
  const [made] = await own.query<DecisionRow>(`SELECT * FROM decisions WHERE session_id = ? AND point = 'admission'`, [booked]);
  const { isTrial: _, ...facts } = made!.facts;
  // Recorded before anybody had asked for that fact, and after the shadow began.
  await own.query(`UPDATE rule_shadows SET started_at = '2000-01-01' WHERE id = ?`, [shadow.id]);
  await own.in((tx) => insertDecisions(tx, [{ ...made!, id: newId(), seq: 'older', facts, asOf: new Date('2001-01-01') }]));
  const { report } = await lookedAt(own, shadow.id, 3);
  expect(report).toMatchObject({ differ: 0, unjudged: 1, whyUnjudged: [{ why: 'admission: isTrial was not recorded', decisions: 1 }] });

  // As a draft of an older Lectern may be: two documents answer for one programme. It fails on the decisions of that one alone.
  const twice = ['a', 'b'].map((name) => ({ ...alwaysFor('Twice', 'admission', { verdict: 'book' }), file: `${name}.json` }));
  await spoil([...policies, ...twice]);
  expect(await own.session(await own.book(await own.cast(1), 20 * HOUR, { programme: 'Twice' }))).toMatchObject({ status: 'booked' });
  const failed = await own.until('the draft to have failed on one', async () => {
    const { report: now } = await shadowOf(own, shadow.id);
    return now.waiting === 0 && now.unjudged === 2 && now;
  });
  expect(failed.whyUnjudged).toContainEqual({ why: 'the draft failed on it', decisions: 1 });

  await spoil([{ file: 'change.json', text: '{"policy": "what is no more"}' }]);
  expect(await own.session(await own.book(await own.cast(1), 20 * HOUR))).toMatchObject({ status: 'booked' });
  const ended = await own.until('the draft to be let go of', async () => {
    const now = await shadowOf(own, shadow.id);
    return now.endedAt !== null && now;
  });
  expect(ended).toMatchObject({ endedAs: 'failed', reason: expect.stringContaining('not a decision point') as string });
  // One that took its thread too long is let go of the same way, once.
  const { body: next } = await start(own, await draftOf(own, share(80)));
  const ctx = { db: own.db, organisationId: own.at.organisationId, asOf: own.now(), requestId: null, secret: own.at.secret };
  for (const _again of [1, 2]) await failShadow(ctx, next.id, 'it costs too much');
  expect(await shadowOf(own, next.id)).toMatchObject({ endedAs: 'failed', reason: 'it costs too much', version: 2 });
  // In a database that was restored the numbers of transactions begin anew.
  const { body: restored } = await start(own, await draftOf(own, share(70)));
  await own.query('UPDATE rule_shadows SET seen_recorded = 1000000000000 WHERE id = ?', [restored.id]);
  const given = await own.until('it to be given up', async () => {
    const now = await shadowOf(own, restored.id);
    return now.endedAt !== null && now;
  });
  expect(given).toMatchObject({ endedAs: 'failed', reason: expect.stringContaining('restored') as string });
  expect((await audited(own)).filter((action) => action === 'rules.shadow-end')).toHaveLength(3);
});

test('on the command line: kept, beside the live set, told, opened, published', async () => {
  const own = await OwnOrganisation.of(shared);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-shadow-'));
  cpSync(path.join(ROOT, 'rules'), folder, { recursive: true });
  for (const { file, text } of share(80)) writeFileSync(path.join(folder, 'policies', file), text);
  const rules = rulesOf(own);
  const kept = await rules('draft', '--rules', folder, '-m', 'A share', '--json');
  expect(kept.code).toBe(0);
  const { id } = JSON.parse(kept.out) as { id: string };
  expect(await rules('shadow', id)).toMatchObject({ code: 0 });
  const cancelled = await bookAndCancel(own);
  const told = await rules('shadow', 'report');
  expect(told).toMatchObject({ code: 0, out: expect.stringContaining('1 would have come out differently') as string });
  const [decision] = await own.query<{ id: string }>(`SELECT id FROM decisions WHERE session_id = ? AND point = 'change'`, [cancelled]);
  expect(told.out).toContain(`rules explain DECISION --draft ${id}`);
  expect(told.out).toContain(decision!.id);
  const opened = await rules('explain', decision!.id, '--draft', id);
  expect(opened.out).toMatch(/charge percent 50 %.*Otherwise:.*charge percent 80 %/s);
  const otherwise = await rules('explain', decision!.id, '--if', 'notice=72h');
  expect(otherwise.out).toMatch(/charge percent 50 %.*Otherwise:.*charge percent 0 %/s);
  const promoted = await rules('shadow', '--promote');
  expect(promoted).toMatchObject({ code: 0, out: expect.stringContaining('In force: set 2') as string });
  expect(await rules('shadow', '--stop')).toMatchObject({ code: 1, err: expect.stringContaining('published') as string });
  rmSync(folder, { recursive: true });
});
