import { execFile } from 'node:child_process';
import path from 'node:path';
import { checkRuleFiles } from '../commands/check-rules';
import { insertSet } from '../db/rule-sets';
import { newId } from '../domain/ids';
import { hashRuleSet, type RuleSetContent } from '../policy/ruleset';
import { HOUR, MINUTE, type Lectern } from './support/lectern';
import { OwnLectern, startedForAll } from './support/own-lectern';
import { editedPolicies, publish } from './support/rule-files';

jest.setTimeout(240_000);
const own = new OwnLectern();
let lectern: Lectern;
startedForAll(own, (started) => (lectern = started));

const lateShare = async (sessionId: string): Promise<number> =>
  (await lectern.api<{ charges: { percent: number }[] }>('POST', `/v1/sessions/${sessionId}/changes?preview=true`, { kind: 'cancel' })).body
    .charges[0]!.percent;

/** When somebody was said not to have come, after the start of the lesson. */
const noShowAfter = async (sessionId: string, personId: string): Promise<number> => {
  const { startsAt } = await lectern.session(sessionId);
  const at = await lectern.until('the no-show', async () => {
    const [p] = await lectern.query<{ verdictAt: Date; verdict: string }>(
      'SELECT verdict, verdict_at FROM participants WHERE session_id = ? AND person_id = ?',
      [sessionId, personId],
    );
    return p!.verdict === 'no-show' && p!.verdictAt;
  });
  return +at - +startsAt;
};
const remindersOf = (sessionId: string): Promise<{ id: string; state: string; dueAt: Date }[]> =>
  lectern.query(`SELECT id, state, due_at FROM obligations WHERE session_id = ? AND kind = 'reminder' ORDER BY id`, [sessionId]);

test('a published grace changes the next question, and no booked term of a session that was there', async () => {
  const cast = await lectern.cast(2);
  const before = await lectern.book(cast, 20 * HOUR);
  const planned = await remindersOf(before);
  const edited = editedPolicies({
    'change.json': [['"lateShare": 50', '"lateShare": 80']],
    'no-show.student.json': [
      ['"grace": "15m"', '"grace": "1m"'],
      ['"instructorWaits": "5m"', '"instructorWaits": "1m"'],
    ],
  });
  const published = await publish(lectern, edited, 'stricter');
  expect(published).toMatchObject({ status: 201, body: { number: 2 } });
  expect(published.body.diff).toEqual({
    booked: ['change: lateShare 50 → 80'],
    current: ['no-show.student: grace 15 minutes → 1 minute', 'no-show.student: instructorWaits 5 minutes → 1 minute'],
  });
  expect((await publish(lectern, edited, 'the same')).body).toMatchObject({ number: 2, state: 'unchanged', diff: { current: [], booked: [] } });

  // The session that was there keeps its terms, and nothing that was planned for it is laid down or sent once more.
  const other = await lectern.cast(2);
  const after = await lectern.book(other, 40 * MINUTE);
  expect(await lateShare(before)).toBe(50);
  expect(await lateShare(after)).toBe(80);
  expect((await remindersOf(before)).map((r) => [r.id, +r.dueAt])).toEqual(planned.map((r) => [r.id, +r.dueAt]));
  const cancelled = await lectern.api<{ charges: { percent: number }[] }>('POST', `/v1/sessions/${before}/changes`, { kind: 'cancel' });
  expect(cancelled.body.charges.map((c) => c.percent)).toEqual([50, 50]);
  expect(await lectern.closed(before)).toBe('cancelled');
  const charged = await lectern.query<{ amountMinor: number }>(
    `SELECT p.amount_minor FROM postings p JOIN journals j ON j.id = p.journal_id WHERE j.session_id = ? AND j.kind = 'charge' AND p.amount_minor > 0`,
    [before],
  );
  expect(charged.map((c) => c.amountMinor)).toEqual([2250, 2250]);
  const sets = await lectern.query<{ point: string; number: number }>(
    `SELECT d.point, r.number FROM decisions d JOIN rule_sets r ON r.id = d.set_id WHERE d.session_id = ? AND d.point IN ('charge', 'settlement')`,
    [before],
  );
  expect(new Set(sets.map((d) => `${d.point} ${d.number}`))).toEqual(new Set(['charge 1', 'settlement 1']));

  await lectern.status(after, 'ready', 'live');
  await lectern.arrive(after, other.instructorId, other.studentIds[0]!);
  expect(await noShowAfter(after, other.studentIds[1]!)).toBeLessThan(15 * MINUTE);
  const [verdict] = await lectern.query<{ number: number; facts: { lateBy: number }; rule: string }>(
    `SELECT r.number, d.facts, d.rule FROM decisions d JOIN rule_sets r ON r.id = d.set_id
     WHERE d.session_id = ? AND d.subject = ? AND d.point = 'no-show.student' ORDER BY d.as_of DESC LIMIT 1`,
    [after, other.studentIds[1]],
  );
  expect(verdict).toMatchObject({ number: 2, rule: 'otherwise' });
});

test('a set that a stricter check would refuse today is loaded, decides, and its decisions re-evaluate to themselves', async () => {
  const [newest] = await lectern.query<{ content: { policies: { file: string; text: string }[]; messages: object[] } }>(
    'SELECT content FROM rule_sets ORDER BY number DESC LIMIT 1',
  );
  // As an older Lectern may have published it: without a description, with a parameter that nothing uses, without examples.
  const policies = newest!.content.policies.map(({ file, text }) => {
    const { description: _, examples: __, ...rest } = JSON.parse(text) as { description: string; examples: object; params?: object };
    return { file, text: JSON.stringify({ ...rest, params: { ...rest.params, spare: '5m' } }) };
  });
  const content = { policies, messages: newest!.content.messages } as RuleSetContent;
  expect(checkRuleFiles(content)).not.toEqual([]);
  await lectern.in((tx) =>
    insertSet(tx, { id: newId(), hash: hashRuleSet(content), content, message: 'by an older check', publishedBy: null, publishedAt: lectern.now() }),
  );
  const cast = await lectern.cast(1);
  const sessionId = await lectern.book(cast, 20 * HOUR);
  expect((await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'cancel' })).status).toBe(200);
  expect(await lectern.closed(sessionId)).toBe('cancelled');
  // Not the synchronous kind: while that one waits, the server closes the connections that this process keeps.
  const env = { ...process.env, LECTERN_HOME: own.home, DATABASE_URL: '', TEMPORAL_ADDRESS: '', SMTP_URL: '', CLOCK_RATE: '300', NODE_ENV: 'test' };
  const cli = path.join(__dirname, '../dist/runtime/cli.js');
  const stdout = await new Promise<string>((resolve) =>
    execFile(process.execPath, [cli, 'verify', '--json'], { env }, (_error, out) => resolve(out)),
  );
  const { findings, decisions } = JSON.parse(stdout) as { findings: { check: string }[]; decisions: number };
  expect(decisions).toBeGreaterThan(10);
  expect(findings.filter((f) => f.check === 'decisions re-evaluate to themselves')).toEqual([]);
});

test('rules with a fault are refused whole, and the set in force stays', async () => {
  const broken = editedPolicies({ 'coverage.json': [['roomOpen', 'roomOpn']] });
  const answer = await publish<{ code: string; details: { file: string; suggestion: string | null }[] }>(lectern, broken, 'typo');
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-rules' } });
  expect(answer.body.details.some((d) => d.file === 'coverage.json' && d.suggestion === 'roomOpen')).toBe(true);
});
