import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Fault } from '../../policy/types';

const root = path.join(__dirname, '../..');
const cli = path.join(root, 'dist/runtime/cli.js');

function check(folder: string): { status: number; faults: Fault[] } {
  const { status, stdout } = spawnSync(process.execPath, [cli, 'rules', 'check', '--rules', folder, '--json'], { encoding: 'utf8' });
  return { status: status!, faults: JSON.parse(stdout) as Fault[] };
}
function brokenCopy(spoil: (read: (file: string) => string, write: (file: string, text: string) => void) => void): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-rules-'));
  cpSync(path.join(root, 'rules'), folder, { recursive: true });
  spoil(
    (f) => readFileSync(path.join(folder, f), 'utf8'),
    (f, text) => writeFileSync(path.join(folder, f), text),
  );
  return folder;
}
const edit = (file: string, from: string, to: string) =>
  brokenCopy((read, write) => {
    if (!read(file).includes(from)) throw new Error(`${file} does not hold ${from}`);
    write(file, read(file).replace(from, to));
  });

test('the shipped rules: exit 0 and no fault', () => expect(check(path.join(root, 'rules'))).toEqual({ status: 0, faults: [] }));

test.each<[string, () => string, Partial<Fault>]>([
  ['an unknown fact', () => edit('policies/no-show.student.json', '"lateBy"', '"lateByy"'), { file: 'no-show.student.json', suggestion: 'lateBy' }],
  ['an unknown operator', () => edit('policies/change.json', '"=="', '"equals"'), { file: 'change.json' }],
  ['a unit clash', () => edit('policies/no-show.student.json', '"grace": "15m"', '"grace": 15'), { file: 'no-show.student.json' }],
  ['broken JSON', () => edit('policies/charge.json', '"rules": [', '"rules": [,'), { file: 'charge.json' }],
  [
    'a missing policy',
    () => edit('policies/coverage.json', '"policy": "coverage"', '"policy": "coverag"'),
    { file: 'coverage.json', suggestion: 'coverage' },
  ],
  ['an unknown variable in a message', () => edit('messages/reminder.md', 'session.title', 'session.titel'), { file: 'reminder.md' }],
  [
    'a template that is not there',
    () => edit('policies/obligations.json', '"template": "reminder"', '"template": "remainder"'),
    { file: 'obligations.json' },
  ],
])('%s: exit 1, with file and place', (_name, arrange, expected) => {
  const { status, faults } = check(arrange());
  expect(status).toBe(1);
  expect(faults.length).toBeGreaterThan(0);
  expect(faults[0]).toMatchObject(expected);
  for (const f of faults) expect(Object.keys(f).sort()).toEqual(['code', 'file', 'message', 'path', 'rule', 'suggestion']);
});

test('a folder without rules is wrong input: exit 2', () => {
  expect(spawnSync(process.execPath, [cli, 'rules', 'check', '--rules', os.tmpdir()]).status).toBe(2);
});

test.each([
  ['the files of rules', 'cli/rules.js', /node_modules\/(knex|pg|zod|@temporalio|express|openai|twilio|livekit-server-sdk)\//],
  ['the database', 'ground.js', /node_modules\/(@temporalio|express|openai|twilio|livekit-server-sdk)\//],
])('a command that needs %s alone does not load the rest, which would take seconds', (_what, module, rest) => {
  const load = `require('./dist/runtime/${module}'); console.log(Object.keys(require.cache).join('\\n'))`;
  const loaded = execFileSync(process.execPath, ['-e', load], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  expect(loaded.length).toBeGreaterThan(50);
  expect(loaded.filter((file) => rest.test(file))).toEqual([]);
});

test('the examples run', () => {
  expect(execFileSync(process.execPath, [cli, 'rules', 'test'], { encoding: 'utf8' })).toContain('no-show.student.json');
});
