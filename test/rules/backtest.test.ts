import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DecisionRow } from '../../db/decisions';
import { insertDecisions } from '../../db/decisions';
import { newId } from '../../domain/ids';
import type { BacktestReport } from '../../policy/backtest-report';
import { runBacktest } from '../../runtime/backtest/run';
import { runThread, TooMuch } from '../../runtime/thread';
import { ROOT, rulesOf } from '../support/cli';
import { HOUR, Lectern, type Answer } from '../support/lectern';
import { OwnOrganisation } from '../support/organisation';
import { draftable, editedPolicies, shippedRules } from '../support/rule-files';
import type { RuleFile } from '../../db/rule-sets';
import type { PolicyDocument } from '../../policy/types';

jest.setTimeout(240_000);
const shared = new Lectern();
let own: OwnOrganisation;
let booked: string[];
afterAll(() => shared.close());

const { messages } = shippedRules();
const backtest = (policies: RuleFile[], since = new Date(0)): Promise<BacktestReport> =>
  runBacktest(
    { databaseUrl: shared.at.databaseUrl, organisationId: own.at.organisationId, draft: { policies, messages }, since, cases: 50 },
    () => undefined,
  );
/** The shipped policies, one of them edited as a document. */
const editedDocument = (file: string, edit: (d: PolicyDocument) => void): RuleFile[] =>
  shippedRules().policies.map((f) => {
    const document = JSON.parse(f.text) as PolicyDocument;
    if (f.file === file) edit(document);
    return f.file === file ? { file, text: JSON.stringify(document) } : f;
  });

beforeAll(async () => {
  own = await OwnOrganisation.of(shared);
  const casts = [await own.cast(1), await own.cast(1), await own.cast(1)];
  booked = [];
  for (const cast of casts) booked.push(await own.book(cast, 20 * HOUR));
  // Two are cancelled late, for half the price of 45.00; the third is looked at only.
  for (const id of booked.slice(0, 2)) expect((await own.api('POST', `/v1/sessions/${id}/changes`, { kind: 'cancel' })).status).toBe(200);
  for (const id of booked.slice(0, 2)) await own.closed(id);
});

test('nothing differs by the rules that decided', async () => {
  const report = await backtest(shippedRules().policies);
  expect(report).toMatchObject({ differ: 0, otherRule: 0, unjudged: 0, cases: [] });
  expect(report.decisions).toBeGreaterThan(10);
});

test('another share is told in money, by rule and outcome, and each is opened with both explanations', async () => {
  const policies = editedPolicies({ 'change.json': [['"lateShare": 50', '"lateShare": 80']] });
  const report = await backtest(policies);
  expect(report).toMatchObject({ differ: 2, asInForce: 0, unjudged: 0 });
  expect(report.money).toEqual([{ what: 'charges', currency: 'EUR', minor: 2 * 1350, decisions: 2, byPerson: 0 }]);
  expect(report.byOutcome).toEqual([
    { point: 'change', was: 'verdict allow, charge percent 50 %', is: 'verdict allow, charge percent 80 %', decisions: 2 },
  ]);
  const [first] = report.cases;
  expect(booked).toContain(first!.sessionId);
  const was = await own.api<{ outcomeWords: string; nearest: string | null; rows: unknown[] }>('GET', `/v1/decisions/${first!.id}`);
  expect(was.body).toMatchObject({ outcomeWords: first!.was.outcome, nearest: expect.stringContaining('It would have been') as string });
  const is = await own.api<{ outcomeWords: string; differs: boolean }>('POST', `/v1/decisions/${first!.id}/what-if`, {
    rules: { policies, messages },
  });
  expect(is.body).toMatchObject({ differs: true, outcomeWords: first!.is.outcome });
  // Nothing of it is kept: asked again, the decision is as it was made.
  expect((await own.api('GET', `/v1/decisions/${first!.id}`)).body).toEqual(was.body);
  const other = await own.api('POST', `/v1/decisions/${first!.id}/what-if`, { facts: { notice: '72h' } });
  expect(other.body).toMatchObject({ differs: true, outcome: { chargePercent: 0 }, notRecorded: [] });
  expect(await own.api('POST', `/v1/decisions/${first!.id}/what-if`, { facts: { notise: '72h' } })).toMatchObject({
    status: 400,
    body: { details: [{ path: 'facts.notise', message: expect.stringContaining('notice') as string }] },
  });
  expect((await backtest(policies, new Date(+own.now() + HOUR))).decisions).toBe(0);
});

test('a message that is no longer owed is told by kind and reader, and what is published since is told apart', async () => {
  const row = (JSON.parse(shippedRules().policies.find((p) => p.file === 'obligations.json')!.text) as PolicyDocument).rules.find(
    (r) => r.then['kind'] === 'confirmation' && r.then['to'] === 'guardian',
  )!;
  const policies = editedDocument('obligations.json', (d) => {
    d.rules = d.rules.filter((r) => r.id !== row.id);
  });
  const report = await backtest(policies);
  expect(report.differ).toBe(3);
  expect(report.messages).toEqual([{ kind: 'confirmation', to: 'guardian', gained: 0, lost: 3 }]);
  expect(report.byRule).toEqual([{ point: 'obligations', was: 'the rows before', is: `without ${row.id}`, decisions: 3 }]);
});

test('a draft that needs a fact which was not recorded says so, and how many it could judge', async () => {
  const policies = editedDocument('admission.json', (d) => {
    d.rules.unshift({ id: 'trials', when: { var: 'isTrial' }, then: { verdict: 'hold', holdFor: '24h' } });
  });
  // As an older Lectern recorded it, before the fact was there.
  const [made] = await own.query<DecisionRow>(`SELECT * FROM decisions WHERE point = 'admission' LIMIT 1`, []);
  const { isTrial: _, ...facts } = made!.facts;
  await own.in((tx) => insertDecisions(tx, [{ ...made!, id: newId(), seq: 'older', facts, asOf: new Date('2001-01-01') }]));
  const report = await backtest(policies);
  expect(report).toMatchObject({ differ: 0, unjudged: 1, whyUnjudged: [{ why: 'admission: isTrial was not recorded', decisions: 1 }] });
  expect(report.byPoint.find((p) => p.point === 'admission')).toEqual({ point: 'admission', decisions: 4, differ: 0, unjudged: 1 });
});

test('the thread does the work: this one goes on meanwhile, and one that is ended leaves nothing', async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const policies = editedPolicies({ 'obligations.json': [['"title": "', '"title": "Other: ']] });
  await backtest(policies);
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(3);
  const ended = new AbortController();
  const input = {
    databaseUrl: shared.at.databaseUrl,
    organisationId: own.at.organisationId,
    draft: { policies, messages },
    since: new Date(0),
    cases: 1,
  };
  const running = runBacktest(input, () => undefined, ended.signal);
  ended.abort();
  await expect(running).rejects.toThrow('ended');
  await expect(
    runThread({ name: 'the back-test', script: 'backtest/thread-main.js', data: input, said: () => undefined, silenceMs: 1 }),
  ).rejects.toBeInstanceOf(TooMuch);
});

describe('over the API', () => {
  interface Asked {
    id: string;
    state: string;
    report: BacktestReport | null;
    progress: { done: number; of: number };
    reason: string | null;
    code?: string;
  }
  const since = new Date(Date.UTC(2020, 0, 1)).toISOString();
  let draftId: string;
  const start = (headers?: Record<string, string>): Promise<Answer<Asked>> =>
    own.api('POST', '/v1/rule-backtests', { draftId, since, cases: 50 }, headers);
  const read = async (id: string, headers?: Record<string, string>): Promise<Asked> =>
    (await own.api<Asked>('GET', `/v1/rule-backtests/${id}`, undefined, headers)).body;
  const over = (id: string): Promise<Asked> =>
    own.until('the back-test to be over', async () => {
      const now = await read(id);
      return !['waiting', 'running'].includes(now.state) && now;
    });
  const policies = editedPolicies({ 'change.json': [['"lateShare": 50', '"lateShare": 80']] });
  beforeAll(async () => {
    draftId = (await own.api<{ id: string }>('POST', '/v1/rule-drafts', { policies, messages, message: 'A share' })).body.id;
  });

  test('it is asked for, followed, and says what the command line says; one at a time, and one that is cancelled ends', async () => {
    const coordinator = await own.key('Cora Coordinator', 'coordinator');
    expect(await start(coordinator)).toMatchObject({ status: 403 });
    const [one, other] = (await Promise.all([start(), start()])).sort((a, b) => a.status - b.status);
    expect([one!.status, other!.status, other!.body.code]).toEqual([202, 409, 'already-exists']);
    const { id } = one!.body;
    expect(await own.api('POST', `/v1/rule-backtests/${id}/cancel`, undefined, coordinator)).toMatchObject({ status: 403 });
    expect(await own.api('POST', `/v1/rule-backtests/${id}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled', report: null } });
    expect(await own.api('POST', `/v1/rule-backtests/${id}/cancel`)).toMatchObject({ status: 409, body: { code: 'already-decided' } });
    const next = await start();
    expect(next.status).toBe(202);
    const done = await over(next.body.id);
    const report = await backtest(policies, new Date(since));
    expect(done).toMatchObject({ state: 'done', report, progress: { done: report.decisions, of: report.decisions } });
    expect(report.differ).toBe(2);
    // Whoever did the first one has ended, and has said nothing more of it.
    expect(await read(id, coordinator)).toMatchObject({ state: 'cancelled', report: null });
  });

  test('what a worker had begun when it was killed another begins anew, but not for ever', async () => {
    for (const [tries, end] of [
      [1, { state: 'done', reason: null }],
      [3, { state: 'failed', reason: 'it was broken off 3 times' }],
    ] as const) {
      const id = newId();
      await own.query(
        `INSERT INTO rule_backtests (id, draft_id, since, cases, asked_at, state, tries, claimed_until)
         VALUES (?, ?, ?, 1, now(), 'running', ?, now() - interval '1 second')`,
        [id, draftId, since, tries],
      );
      expect(await over(id)).toMatchObject(end);
    }
  });
});

test('a pipeline is told by the exit code: 0 nothing differs or no more than may, 1 more or a fault, 2 what makes no sense', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-backtest-'));
  cpSync(path.join(ROOT, 'rules'), folder, { recursive: true });
  const shipped = path.join(ROOT, 'rules');
  for (const { file, text } of editedPolicies({ 'change.json': [['"lateShare": 50', '"lateShare": 80']] }))
    writeFileSync(path.join(folder, 'policies', file), text);
  const since = ['--since', '2020-01-01T00:00:00Z'];
  const { body: kept } = await own.api<{ id: string }>('POST', '/v1/rule-drafts', { ...draftable(), message: 'As shipped' });
  const backtests = [
    ['--draft', shipped, ...since],
    ['--draft', folder, ...since],
    ['--draft', folder, ...since, '--at-most', '2', '--json'],
    ['--draft', folder, '--since', 'yesterday'],
    ['--draft', kept.id, ...since],
    ['--draft', newId(), ...since],
  ];
  const rules = rulesOf(own);
  const ends = await Promise.all(backtests.map((args) => rules('backtest', ...args)));
  expect(ends.map((e) => e.code)).toEqual([0, 1, 0, 2, 0, 2]);
  expect(ends[1]!.out).toContain('2 would come out differently');
  expect(JSON.parse(ends[2]!.out)).toMatchObject({ differ: 2, unjudged: 0 });
  writeFileSync(path.join(folder, 'policies', 'change.json'), '{');
  expect(await rules('backtest', '--draft', folder, '--json')).toMatchObject({ code: 1, out: expect.stringContaining('change.json') as string });
  rmSync(folder, { recursive: true });
});
