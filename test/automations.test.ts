import { OUTBOUND_SCHEMAS } from '../api/schemas/outbound';
import { lookForDaily } from '../commands/automations/daily';
import { SYSTEM } from '../commands/context';
import type { RuleFile } from '../db/rule-sets';
import { automation, publishAutomations, runsIn, runsOf, type Run } from './support/automations';
import { rulesOf } from './support/cli';
import { HOUR, MINUTE } from './support/lectern';
import { organisedForAll, type OwnOrganisation } from './support/organisation';
import { isGood, Receiver } from './support/receiver';
import { shippedRules } from './support/rule-files';

jest.setTimeout(120_000);

let own: OwnOrganisation;
organisedForAll((made) => (own = made));
const receivers: Receiver[] = [];
afterAll(() => Promise.all(receivers.map((r) => r.stop())));

const ASK = {
  ...{ question: { en: 'Shall we?', de: 'Sollen wir?' }, who: 'coordinator', answers: ['write', 'leave'], within: '30d', default: 'leave' },
  then: { write: [{ id: 'tell', message: { template: 'first-lesson', to: 'guardian', within: '2d' } }] },
};
const welcome = automation('welcome', {
  ...{ on: 'session.booked', each: 'student', when: { '==': [{ var: 'isTrial' }, false] } },
  do: [
    { id: 'a-while', wait: { for: '1m' } },
    { id: 'ask', hold: ASK },
    { id: 'mark', tag: { on: 'person', tag: 'welcomed' } },
    { id: 'say', note: { on: 'session', text: { en: 'Somebody new.', de: 'Jemand Neues.' } } },
    { id: 'tell-school', webhook: { to: 'school-app' } },
  ],
  examples: {
    base: { isTrial: false },
    cases: [
      { id: 'written', given: {}, answers: { ask: 'write' }, then: ['a-while', 'ask', 'tell', 'mark', 'say', 'tell-school'] },
      { id: 'left', given: {}, then: ['a-while', 'ask', 'mark', 'say', 'tell-school'] },
      { id: 'a trial', given: { isTrial: true }, then: [] },
    ],
  },
});
const until = automation('until', {
  on: 'session.booked',
  do: [{ id: 'w', wait: { until: 'session.cancelled', atMost: '60d', then: [{ id: 'gone', tag: { on: 'session', tag: 'gone' } }] } }],
  examples: { base: {}, cases: [{ id: 'cancelled', given: {}, answers: { w: 'happened' }, then: ['w', 'gone'] }] },
});

/** Tags a session once it has another tag. */
const tagsAfter = (had: string, tag: string): RuleFile =>
  automation(tag, {
    ...{ on: 'tagged', when: { in: [had, { var: 'sessionTags' }] }, do: [{ id: 't', tag: { on: 'session', tag } }] },
    examples: {
      base: { sessionTags: [had] },
      cases: [
        { id: 'there', given: {}, then: ['t'] },
        { id: 'not there', given: { sessionTags: [] }, then: [] },
      ],
    },
  });

describe('a run', () => {
  beforeAll(() => publishAutomations(own, [welcome, until]));

  test('goes through its steps once for each student: waits, asks, writes by the message plan, tags, notes, tells a webhook', async () => {
    const to = await new Receiver().start();
    receivers.push(to);
    const hook = await own.api<{ secret: string }>('POST', '/v1/webhooks', { name: 'school-app', url: to.url, eventTypes: ['session.refused'] });
    const cast = await own.cast(2);
    const sessionId = await own.book(cast, 60 * 24 * MINUTE);
    const steps = await own.until('both to be asked', async () => {
      const { body } = await own.api<{ items: { id: string; version: number; hash: string; kind: string; reason: string }[] }>(
        'GET',
        `/v1/held-steps?state=open&sessionId=${sessionId}`,
      );
      const asked = body.items.filter((s) => s.kind === 'automation');
      return asked.length === 2 && asked;
    });
    expect(steps[0]!.reason).toContain('Shall we?');
    const about = steps.find((s) => s.reason.includes('Stu0'))!;
    expect((await own.decide(about, 'write')).status).toBe(200);
    expect(
      (
        await own.decide(
          steps.find((s) => s !== about)!,
          'leave',
        )
      ).status,
    ).toBe(200);
    const runs = await runsIn(own, sessionId, 'welcome', 'done', 2);
    const done = (run: Run): unknown[] => run.steps.map((s) => [s.step, s.state, s.answer]);
    const after = [
      ['mark', 'done', null],
      ['say', 'done', null],
      ['tell-school', 'done', null],
    ];
    const of = (i: number): unknown[] => done(runs.find((r) => r.personId === cast.studentIds[i])!);
    expect(of(0)).toEqual([['a-while', 'done', null], ['ask', 'done', 'write'], ['tell', 'done', null], ...after]);
    expect(of(1)).toEqual([['a-while', 'done', null], ['ask', 'done', 'leave'], ...after]);
    const mails = await own.until('the message', async () => {
      const found = (await own.mails(cast)).filter((m) => m.subject.includes('first lesson'));
      return found.length > 0 && found;
    });
    expect(mails.map((m) => [m.to, m.subject])).toEqual([[`gil0.${cast.tag}@example.invalid`, "How was Stu0's first lesson?"]]);
    await own.until('both webhooks', () => Promise.resolve(to.received.length === 2));
    expect(to.received.map((r) => [r.body.type, r.body.data.automation, isGood(hook.body.secret, r)])).toEqual([
      ['automation.told', 'welcome', true],
      ['automation.told', 'welcome', true],
    ]);
    expect(to.received.map((r) => OUTBOUND_SCHEMAS['automation.told']!.safeParse(r.body).error?.issues)).toEqual([undefined, undefined]);
    const marks = async (query: string): Promise<unknown[]> =>
      (
        await own.api<{ items: { kind: string; tag: string | null; words: object | null }[] }>('GET', `/v1/automations/marks?${query}`)
      ).body.items.map((m) => [m.kind, m.tag ?? m.words]);
    expect(await marks(`personId=${cast.studentIds[0]}`)).toEqual([['tag', 'welcomed']]);
    expect(await marks(`sessionId=${sessionId}`)).toEqual(Array(2).fill(['note', { en: 'Somebody new.', de: 'Jemand Neues.' }]));
    const { body } = await own.api<{ items: { kind: string; data: { automation?: string } }[] }>(
      'GET',
      `/v1/sessions/${sessionId}/timeline?limit=100`,
    );
    const kinds = body.items.filter((e) => e.data.automation === 'welcome').map((e) => e.kind);
    expect(kinds.sort()).toEqual([
      'automation.began',
      'automation.began',
      'automation.noted',
      'automation.noted',
      'automation.tagged',
      'automation.tagged',
    ]);
  });

  test('is none where the condition does not hold, and says so to whoever asks', async () => {
    const sessionId = await own.book(await own.cast(), 60 * 24 * MINUTE, { isTrial: true });
    expect((await runsIn(own, sessionId, 'welcome', 'not-met'))[0]!.steps).toEqual([]);
    expect(await runsOf(own, sessionId, 'welcome')).toEqual([]);
  });

  test('waits for an event of its session, and is ended by a person, whose question is withdrawn with it', async () => {
    const sessionId = await own.book(await own.cast(), 60 * 24 * MINUTE);
    await runsIn(own, sessionId, 'until', 'waiting');
    await own.openStep(sessionId, 'automation');
    const [asking] = await runsIn(own, sessionId, 'welcome', 'waiting');
    const cancel = (version: number) => own.api<{ code: string; state: string }>('POST', `/v1/automations/runs/${asking!.id}/cancel`, { version });
    expect((await cancel(asking!.version + 5)).body.code).toBe('stale');
    const now = (await runsOf(own, sessionId, 'welcome'))[0]!;
    expect((await cancel(now.version)).body.state).toBe('cancelled');
    expect((await cancel(now.version)).body.code).toBe('illegal-move');
    expect(await own.query(`SELECT state FROM held_steps WHERE session_id = ? AND kind = 'automation'`, [sessionId])).toEqual([
      { state: 'withdrawn' },
    ]);
    await own.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel', reason: 'r' });
    const [run] = await runsIn(own, sessionId, 'until', 'done');
    expect(run!.steps.map((s) => [s.step, s.answer])).toEqual([
      ['w', 'happened'],
      ['gone', null],
    ]);
  });

  test('tried out says what each would come to, and nothing is written', async () => {
    const cast = await own.cast(2);
    const sessionId = await own.book(cast, 60 * 24 * MINUTE, { isTrial: true });
    await runsIn(own, sessionId, 'welcome', 'not-met', 2);
    const count = (): Promise<unknown> =>
      own.query(
        `SELECT (SELECT count(*) FROM automation_runs) AS runs, (SELECT count(*) FROM obligations WHERE kind = 'automation') AS owed, (SELECT count(*) FROM decisions) AS decisions`,
      );
    const before = await count();
    const attempt = async (more: object) =>
      (
        await own.api<{ items: { personId: string; answer: string; steps: { step: string; words: string }[] }[] }>('POST', '/v1/automations/try', {
          automation: 'welcome',
          sessionId,
          ...more,
        })
      ).body.items;
    expect((await attempt({})).map((t) => [t.answer, t.steps])).toEqual([
      ['not-met', []],
      ['not-met', []],
    ]);
    const [tried] = await attempt({ personId: cast.studentIds[1], facts: { isTrial: false }, answers: { ask: 'write' } });
    expect(tried).toMatchObject({ personId: cast.studentIds[1], answer: 'run' });
    expect(tried!.steps.map((s) => s.step)).toEqual(['a-while', 'ask', 'tell', 'mark', 'say', 'tell-school']);
    expect(tried!.steps[2]!.words).toBe(`message “first-lesson” to guardian: Gil1 Invented${cast.tag}`);
    expect(await count()).toEqual(before);
    const refused = await own.api<{ code: string }>('POST', '/v1/automations/try', { automation: 'welcom', sessionId });
    expect(refused.body.code).toBe('not-found');
  });
});

test('automations that set each other off are followed as deep as the rules say, and what is cut short is seen', async () => {
  const first = automation('a', { on: 'session.booked', do: [{ id: 't', tag: { on: 'session', tag: 'a' } }] }, ['t']);
  await publishAutomations(own, [first, tagsAfter('a', 'b'), tagsAfter('b', 'c'), tagsAfter('c', 'd')]);
  const sessionId = await own.book(await own.cast(), 60 * 24 * MINUTE);
  const stopped = await own.until('the chain to be cut', async () => {
    const runs = (await Promise.all(['a', 'b', 'c', 'd'].map((name) => runsOf(own, sessionId, name)))).flat();
    return runs.length > 0 && runs.every((r) => ['done', 'stopped'].includes(r.state)) && runs.some((r) => r.reason === 'too-deep') && runs;
  });
  expect(Math.max(...stopped.filter((r) => r.state === 'done').map((r) => r.depth))).toBe(2);
  expect(new Set(stopped.filter((r) => r.state === 'stopped').map((r) => r.reason))).toEqual(new Set(['too-deep']));
  expect(stopped.filter((r) => r.depth > 0).every((r) => r.causedBy !== null)).toBe(true);
  const told = await own.query<{ reason: string }>(
    `SELECT data->>'reason' AS reason FROM timeline WHERE session_id = ? AND kind = 'automation.stopped'`,
    [sessionId],
  );
  expect(told.length).toBe(stopped.filter((r) => r.state === 'stopped').length);
});

test('a student who comes no more is looked for once a day, and found once for a last lesson; a third no-show is told to a coordinator', async () => {
  const cast = await own.cast();
  const sessionId = await own.book(cast, 20 * MINUTE, {}, 15 * MINUTE);
  await own.status(sessionId, 'live');
  await own.arrive(sessionId, cast.instructorId, ...cast.studentIds);
  await own.status(sessionId, 'documenting', 'settling', 'settled');
  const shipped = (name: string, ...edits: [string, string][]): { file: string; text: string } => {
    const found = shippedRules().automations!.find((a) => a.file === `${name}.json`)!;
    const text = [['"enabled": false', '"enabled": true'] as [string, string], ...edits].reduce(
      (now, [was, is]) => now.replaceAll(was, is),
      found.text,
    );
    return { file: found.file, text };
  };
  await publishAutomations(own, [
    shipped('lapsed-student', ['09:00', '00:00'], ['"after": "21d"', '"after": "1m"'], ['"sinceLastLesson": "20d"', '"sinceLastLesson": "0m"']),
    shipped('third-no-show', ['"before": 2', '"before": 0'], ['"given": { "noShowsLately": 1 }', '"given": { "noShowsLately": null }']),
  ]);
  const look = (): Promise<void> =>
    lookForDaily({ db: own.db, organisationId: own.at.organisationId, principal: SYSTEM, asOf: own.now(), requestId: null, secret: own.at.secret });
  await look();
  const [run] = await runsIn(own, sessionId, 'lapsed-student', 'waiting');
  expect(run!.personId).toBe(cast.studentIds[0]);
  await own.query('DELETE FROM automation_looks');
  await look();
  expect(await runsOf(own, sessionId, 'lapsed-student')).toHaveLength(1);
  const absent = await own.cast();
  const missed = await own.book(absent, 20 * MINUTE, {}, HOUR);
  await own.arrive(missed, absent.instructorId);
  const [called] = await runsIn(own, missed, 'third-no-show', 'waiting');
  expect(called!.steps.map((s) => [s.step, s.state])).toEqual([
    ['mark', 'done'],
    ['call', 'waiting'],
  ]);
});

test('the command line tries one by facts alone, and tells a name that there is not', async () => {
  const rules = rulesOf(own);
  const tried = await rules('automation', 'try', 'third-no-show', '--if', 'noShowsLately=2', '--answer', 'call=called', '--json');
  expect(tried.code).toBe(0);
  expect((JSON.parse(tried.out) as { enabled: boolean; items: { answer: string; steps: { step: string }[] }[] }).items[0]).toMatchObject({
    answer: 'run',
    steps: [{ step: 'mark' }, { step: 'call' }, { step: 'say-called' }],
  });
  const unknown = await rules('automation', 'try', 'third-noshow', '--if', 'noShowsLately=2');
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('Did you mean third-no-show?')]);
});
