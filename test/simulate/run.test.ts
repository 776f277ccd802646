import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import type { Simulated } from '../../runtime/simulate/simulate';
import { Home, ROOT, type Ended } from '../support/cli';

jest.setTimeout(300_000);

/**
 * Half a day of a few lessons is played thrice, side by side: as it is, with kills, and with kills of a worker that claims nothing. Beside
 * each other and all other tests the engines are late by seconds, which are hours here.
 */
const WEEK = ['simulate', '--sessions', '6', '--within', '60s', '--tolerance', '8h', '--json'];
const home = new Home();
let ordinary: Ended;
let chaotic: Ended;
let unclaimed: Ended;

beforeAll(async () => {
  // Another seed for each: what is found has to be found in any week.
  const play = (seed: string, ...more: string[]): Promise<Ended> => home.lectern([...WEEK, '--seed', seed, ...more], { TMPDIR: home.folder });
  [ordinary, chaotic, unclaimed] = await Promise.all([play('7'), play('8', '--chaos', '--within', '85s'), play('9', '--chaos', '--without-claims')]);
  // Enrolling and judging take as long as a busy machine takes: what is late is said by the weeks themselves.
}, 1_200_000);
afterAll(() => home.close());

const read = ({ out, err }: Ended): Simulated => {
  if (out === '') throw new Error(err);
  return JSON.parse(out) as Simulated;
};
const wordsOf = (ended: Ended): string[] => read(ended).findings.map((f) => `${f.check} ${f.lesson} ${f.course}: ${f.detail}`);

test('a week comes to its end with nothing lost, doubled, late, contradictory or unexplained', () => {
  expect(wordsOf(ordinary)).toEqual([]);
  expect(ordinary.code).toBe(0);
  const { states, messages, hash } = read(ordinary);
  expect(Object.values(states).map((s) => s.state?.status)).toEqual(Array(6).fill(expect.stringMatching(/^(settled|cancelled|refused|expired)$/)));
  expect(messages).toBeGreaterThan(30);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
});

test('so does one in which worker and server are killed again and again, some of it between the sink’s store and its 250', () => {
  expect(wordsOf(chaotic)).toEqual([]);
  expect(chaotic.code).toBe(0);
  const { kills } = read(chaotic);
  expect(kills!.worker + kills!.server).toBeGreaterThan(1);
});

test('without claims the same kills double messages, and the verdict finds them', () => {
  expect(unclaimed.code).toBe(1);
  expect(wordsOf(unclaimed).filter((words) => words.startsWith('doubled') && words.includes('at the sink'))).not.toEqual([]);
});

test('a week leaves nothing behind', () => {
  expect(readdirSync(home.folder).filter((name) => name.startsWith('lectern-week-'))).toEqual([]);
});

test.each<[string, string[], RegExp]>([
  ['no number of sessions', ['--sessions', 'many'], /--sessions is "many"; it may be/],
  ['no duration', ['--within', '10'], /--within is "10"; it may be a duration/],
  ['too little time', ['--sessions', '500', '--within', '30s'], /500 sessions need at least/],
  ['a worker without claims that nobody kills', ['--without-claims'], /goes with --chaos/],
])('%s is wrong input: exit 2, and nothing is started', async (_name, args, words) => {
  const ended = await home.lectern(['simulate', ...args]);
  expect([ended.code, ended.out]).toEqual([2, '']);
  expect(ended.err).toMatch(words);
});

const FOLDERS = ['workflows', 'activities', 'commands', 'decisions', 'db', 'api', 'domain', 'runtime'];

test('to leave out claims is wired by the worker of simulate alone', () => {
  const command = ['-rlE', 'dispatchUnclaimed|worker-main', '--include=*.ts', ...FOLDERS];
  const files = execFileSync('grep', command, { cwd: ROOT, encoding: 'utf8' });
  expect(files.trim().split('\n').sort()).toEqual(['runtime/simulate/unclaimed.ts', 'runtime/simulate/week.ts', 'runtime/simulate/worker-main.ts']);
});
