import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { variables } from '../../messages/check';
import { checkPolicies } from '../../policy/check';
import { POINTS } from '../../decisions/points';
import type { Lectern } from '../support/lectern';
import { HOUR } from '../support/lectern';
import { OwnLectern, startedForAll } from '../support/own-lectern';
import { commandsOf, root, run } from './commands';
import { carriedAsMarkdown, operatorsAsMarkdown, pointsAsMarkdown } from './points';

jest.setTimeout(400_000);
const file = path.join(root, 'docs/rules.md');
const text = (): string => readFileSync(file, 'utf8');

/** What the document says of the code, taken from the code. UPDATE_DOCS=1 writes it anew. */
test('operators, decision points and variables are those that there are', () => {
  const named = variables()
    .map((name) => `\`${name}\``)
    .join(', ');
  const parts = { operators: operatorsAsMarkdown(), points: pointsAsMarkdown(), variables: named, carried: carriedAsMarkdown() };
  const filled = Object.entries(parts).reduce(
    (whole, [name, part]) =>
      whole.replace(new RegExp(`(<!-- ${name} -->)[\\s\\S]*(<!-- /${name} -->)`), (_all, a: string, b: string) => `${a}\n\n${part}\n\n${b}`),
    text(),
  );
  const prettier = path.join(root, 'node_modules/prettier/bin/prettier.cjs');
  const now = execFileSync(process.execPath, [prettier, '--stdin-filepath', file], { cwd: root, input: filled, encoding: 'utf8' });
  if (process.env.UPDATE_DOCS) writeFileSync(file, now);
  expect(text()).toBe(now);
});

test('the policy that the document shows has no fault', () => {
  const shown = /```json\n([\s\S]*?)```/.exec(text())![1]!;
  expect(checkPolicies([{ file: 'shown.json', text: shown }], POINTS).faults).toEqual([]);
});

describe('the commands of the document', () => {
  const own = new OwnLectern();
  let lectern: Lectern;
  startedForAll(own, (started) => (lectern = started));

  test('run as they stand there', async () => {
    const sessionId = await lectern.book(await lectern.cast(1), 60 * HOUR);
    const env = { LECTERN_HOME: own.home, NODE_ENV: 'test', DATABASE_URL: '', TEMPORAL_ADDRESS: '', SMTP_URL: '', CLOCK_RATE: '300' };
    const commands = commandsOf('docs/rules.md');
    expect(commands.length).toBeGreaterThan(4);
    for (const { text: command, line } of commands) {
      const ran = run(command, { env, words: { SESSION: sessionId } });
      expect({ line, command, status: ran.status, stderr: ran.status === 0 ? '' : ran.stderr }).toEqual({ line, command, status: 0, stderr: '' });
      expect(ran.stdout).not.toBe('');
    }
  });
});
