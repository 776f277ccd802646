import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { newId } from '../../domain/ids';
import { newHome, removeHome, testEnvironment } from '../support/environment';

jest.setTimeout(400_000);
const root = path.join(__dirname, '../..');
const home = newHome('home');
const edited = newHome('rules');
const env = testEnvironment(home);
afterAll(() => [home, edited].forEach(removeHome));

function rules(...args: string[]): { status: number | null; out: string } {
  const { status, stdout } = spawnSync(process.execPath, [path.join(root, 'dist/runtime/cli.js'), 'rules', ...args], { env, encoding: 'utf8' });
  return { status, out: stdout };
}
const json = (out: string): unknown => JSON.parse(out);
const edit = (from: string, to: string): void => {
  const file = path.join(edited, 'policies/no-show.student.json');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
};

/** Nothing runs for this home: each command starts the engines for as long as it needs them, on the same data. */
test('diff, publish and explain start the engines by themselves', () => {
  cpSync(path.join(root, 'rules'), edited, { recursive: true });
  expect(rules('diff')).toEqual({ status: 0, out: 'The files are what is published.\n' });
  edit('"grace": "15m"', '"grace": "20m"');
  expect(json(rules('diff', '--rules', edited, '--json').out)).toEqual([
    expect.objectContaining({ words: 'no-show.student: grace 15 → 20 minutes' }),
  ]);
  expect(rules('publish', '--rules', edited, '-m', 'more patience')).toEqual({
    status: 0,
    out: expect.stringMatching(/^For every lesson, .*:\n  no-show.student: grace 15 → 20 minutes\nIn force: set 2 \([0-9a-f]{12}\)\.\n$/) as string,
  });
  expect(rules('publish', '--rules', edited, '-m', 'once more').out).toMatch(/^Nothing has changed.\nIn force: set 2/);
  expect(rules('explain', newId())).toMatchObject({ status: 1, out: expect.stringContaining('No decision') as string });
  expect(json(rules('explain', newId(), '--json').out)).toEqual([]);
});

test('a faulty set, an empty message and nonsense are refused before anything is started', () => {
  expect(rules('publish', '--rules', edited, '-m', ' ').status).toBe(2);
  expect(rules('publish', '--rules', edited).status).toBe(2);
  expect(rules('explain', 'nonsense').status).toBe(2);
  edit('"lateBy"', '"lateBye"');
  for (const command of [['publish', '-m', 'typo'], ['diff'], ['test'], ['check']]) {
    const { status, out } = rules(...command, '--rules', edited);
    expect(status).toBe(1);
    expect(out).toContain(
      'no-show.student.json › within-grace /rules/0/when/</0/var: "lateBye" is not a fact or parameter here (did you mean lateBy?) [unknown-fact]\n',
    );
  }
  expect(json(rules('publish', '--rules', edited, '-m', 'typo', '--json').out)).toContainEqual(expect.objectContaining({ suggestion: 'lateBy' }));
});
