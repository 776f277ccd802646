import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HOUR, Lectern } from '../support/lectern';
import { OwnOrganisation } from '../support/organisation';
import { root } from './commands';
import { stepsOf, walk, type Walked } from './walk';

jest.setTimeout(300_000);
const shared = new Lectern();
afterAll(() => shared.close());

interface Made {
  id: string;
  number?: number;
}

test('docs/rules.md from beginning to end: a grace is changed, tried, watched, put in force and taken back, by files and over the API, as it stands there', async () => {
  const own = await OwnOrganisation.of(shared);
  const sessionId = await own.book(await own.cast(1), 60 * HOUR, { programme: 'music' });
  const [{ id: decisionId }] = (await own.query<Made>(`SELECT id FROM decisions WHERE session_id = ? AND point = 'admission'`, [sessionId])) as [
    Made,
  ];
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'lectern-walk-'));
  cpSync(path.join(root, 'rules'), path.join(cwd, 'rules'), { recursive: true });
  const known = { SESSION: sessionId, DECISION: decisionId, SINCE: new Date(+own.now() - HOUR).toISOString() };
  /** What the words in capitals stand for, read from the answers as whoever types would. */
  const after = ({ text, out }: Walked): { words: Record<string, string> } => {
    const made = (word: string): { words: Record<string, string> } => ({ words: { [word]: (JSON.parse(out) as Made).id } });
    const kept = /^Kept as draft ([0-9a-f-]{36})/.exec(out);
    if (kept) return { words: { ...known, DRAFT: kept[1]! } };
    if (text.endsWith('/v1/rule-drafts" -d @draft.json')) return made('DRAFT');
    if (text.includes('/v1/rule-backtests" ')) return made('BACKTEST');
    if (text.includes('/v1/rule-shadows" ')) return made('SHADOW');
    if (text.includes('/promote" ')) return { words: { NUMBER: String((JSON.parse(out) as Made).number) } };
    return { words: known };
  };
  const env = { ...process.env, NODE_ENV: 'development', LECTERN_HOME: own.at.home, LECTERN_KEY: own.at.adminKey, LOG_LEVEL: 'warn' };
  try {
    const steps = stepsOf('docs/rules.md', 'sh walk');
    const walked = await walk(steps, { cwd, env: { ...env, LECTERN: own.at.url, KEY: own.at.adminKey }, after });
    expect(walked.length).toBeGreaterThan(30);
    const answerOf = (part: string): string => walked.find((w) => w.text.includes(part))!.out;
    expect(JSON.parse(answerOf('/v1/rules/check"'))).toEqual({ ok: true, faults: [] });
    expect(JSON.parse(answerOf('/v1/adoptions/preview"'))).toMatchObject({ sessions: 0, cases: [] });
    expect(answerOf('rules adoption --apply running')).toContain('How far they are: npx lectern rules adoption ');
    expect(JSON.parse(answerOf('/v1/decisions/DECISION'))).toMatchObject({ id: decisionId });
    const sets = await own.query<{ message: string; rollsBackTo: number | null }>('SELECT message, rolls_back_to FROM rule_sets ORDER BY number');
    expect(sets.map((s) => [s.message, s.rollsBackTo])).toEqual([
      ['for a test', null],
      ['More patience with students', null],
      ['The longer grace kept instructors waiting', 1],
      ['More patience', null],
      ['As it was', 3],
    ]);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
