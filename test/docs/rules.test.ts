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
import {
  carriedAsMarkdown,
  declaredAsMarkdown,
  factsAsMarkdown,
  happeningsAsMarkdown,
  faultsAsMarkdown,
  operatorsAsMarkdown,
  pointsAsMarkdown,
} from './points';

jest.setTimeout(400_000);
const file = path.join(root, 'docs/rules.md');
const text = (): string => readFileSync(file, 'utf8');

const named = variables()
  .map((name) => `\`${name}\``)
  .join(', ');

/** What the documents say of the code, taken from the code. UPDATE_DOCS=1 writes it anew. */
test.each([
  [
    'docs/rules.md',
    {
      operators: operatorsAsMarkdown(),
      points: pointsAsMarkdown(),
      variables: named,
      carried: carriedAsMarkdown(),
      faults: faultsAsMarkdown(),
    },
  ],
  ['docs/facts.md', { facts: factsAsMarkdown(), happenings: happeningsAsMarkdown(), declared: declaredAsMarkdown() }],
])('what %s says of the code is what there is', (name, parts) => {
  const at = path.join(root, name);
  const filled = Object.entries(parts).reduce(
    (whole, [part, content]) =>
      whole.replace(new RegExp(`(<!-- ${part} -->)[\\s\\S]*(<!-- /${part} -->)`), (_all, a: string, b: string) => `${a}\n\n${content}\n\n${b}`),
    readFileSync(at, 'utf8'),
  );
  const prettier = path.join(root, 'node_modules/prettier/bin/prettier.cjs');
  const now = execFileSync(process.execPath, [prettier, '--stdin-filepath', at], { cwd: root, input: filled, encoding: 'utf8' });
  if (process.env.UPDATE_DOCS) writeFileSync(at, now);
  expect(readFileSync(at, 'utf8')).toBe(now);
});

test('the policy that the document shows has no fault', () => {
  const whole = /```json\n([\s\S]*?)```/.exec(text())![1]!;
  // What is shown by itself beside it belongs into the whole: properties, and columns that are merged.
  const parts = [...text().matchAll(/```json part\n([\s\S]*?)```/g)].map(([, part]) => part!.trim().replace(/,$/, ''));
  expect(parts.length).toBeGreaterThan(0);
  for (const part of ['', ...parts]) {
    const document = { ...(JSON.parse(whole) as object), ...(JSON.parse(`{${part}}`) as object) };
    expect(checkPolicies([{ file: 'shown.json', text: JSON.stringify(document) }], POINTS).faults).toEqual([]);
  }
});

describe('the commands of the document', () => {
  const own = new OwnLectern();
  let lectern: Lectern;
  startedForAll(own, (started) => (lectern = started));

  test('run as they stand there', async () => {
    const cast = await lectern.cast(1);
    const sessionId = await lectern.book(cast, 60 * HOUR);
    const env = { LECTERN_HOME: own.home, NODE_ENV: 'test', DATABASE_URL: '', TEMPORAL_ADDRESS: '', SMTP_URL: '', CLOCK_RATE: '300' };
    const commands = commandsOf('docs/rules.md');
    expect(commands.length).toBeGreaterThan(4);
    for (const { text: command, line } of commands) {
      const ran = run(command, { env, words: { SESSION: sessionId, STUDENT: cast.studentIds[0]! } });
      expect({ line, command, status: ran.status, stderr: ran.status === 0 ? '' : ran.stderr }).toEqual({ line, command, status: 0, stderr: '' });
      expect(ran.stdout).not.toBe('');
    }
  });
});
