import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { PolicyDocument } from '../policy/types';
import { projectRoot } from '../runtime/paths';
import { median, rounded } from './measure';

const LARGE = 200;
const ROUNDS = 5;

/** Seconds from the start of a command of the rules until it has ended, as somebody waits for it; the median of some rounds. */
function secondsOf(args: readonly string[], before: () => void = () => undefined): number {
  const seconds: number[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    before();
    const started = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [path.join(projectRoot(), 'dist/runtime/cli.js'), 'rules', ...args], { encoding: 'utf8' });
    seconds.push((performance.now() - started) / 1_000);
    if (status !== 0) throw new Error(`rules ${args.join(' ')} ended with ${status}: ${stderr}`);
  }
  return rounded(median(seconds));
}

/** The shipped policies, and copies of those for everybody, each for a programme of its own, until there are so many. */
function grow(folder: string, count: number): void {
  const policies = path.join(folder, 'policies');
  const files = readdirSync(policies);
  const general = files
    .map((file) => JSON.parse(readFileSync(path.join(policies, file), 'utf8')) as PolicyDocument)
    .filter((d) => d.appliesTo === undefined);
  for (let n = 0; n < count - files.length; n++) {
    const document = { ...general[n % general.length]!, appliesTo: { programme: `programme-${Math.floor(n / general.length)}` } };
    writeFileSync(path.join(policies, `${n}.${document.policy}.json`), JSON.stringify(document));
  }
}

/** What an admin waits for at each command that starts nothing, with the shipped set and with a large one. In seconds. */
export function measureRules(): Record<string, number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-bench-rules-'));
  try {
    cpSync(path.join(projectRoot(), 'rules'), folder, { recursive: true });
    const rules = ['--rules', folder];
    const made = path.join(folder, 'policies/bench.change.json');
    const shipped = {
      check: secondsOf(['check', ...rules]),
      test: secondsOf(['test', ...rules]),
      fmt: secondsOf(['fmt', ...rules]),
      diff: secondsOf(['diff', '--against', path.join(projectRoot(), 'rules'), ...rules]),
      new: secondsOf(['new', 'change', '--programme', 'bench', ...rules], () => rmSync(made, { force: true })),
    };
    rmSync(made, { force: true });
    grow(folder, LARGE);
    return { ...shipped, [`checkOf${LARGE}`]: secondsOf(['check', ...rules]) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
