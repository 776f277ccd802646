import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './support/cli';

/** Runs .ci/run with an npm that does as it is told, and gives exit code and last line. */
function ci(ends: Record<'ci' | 'check' | 'test', number>, output: string): [number | null, string] {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-ci-'));
  try {
    for (const name of ['.ci', 'scripts']) cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
    mkdirSync(path.join(folder, 'bin'));
    const npm = `#!/bin/sh\ncase "$*" in ci) exit ${ends.ci};; *check) exit ${ends.check};; test) cat "${folder}/output"; exit ${ends.test};; esac\n`;
    writeFileSync(path.join(folder, 'bin/npm'), npm);
    chmodSync(path.join(folder, 'bin/npm'), 0o755);
    writeFileSync(path.join(folder, 'output'), output);
    const env = { ...process.env, CI: 'true', PATH: `${folder}/bin:${process.env.PATH}` };
    const { status, stdout } = spawnSync('.ci/run', { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return [status, stdout.trimEnd().split('\n').at(-1)!];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const summary = (suites: string, tests: string): string =>
  `\u001b[1mTest Suites:\u001b[22m ${suites}\n\u001b[1mTests:\u001b[22m       ${tests}\nTime: 3 s\n`;

test.each<[string, [number, number, number], string, number, string]>([
  ['all is well', [0, 0, 0], summary('3 passed, 3 total', '12 passed, 12 total'), 0, '12 passed, 0 failed'],
  ['a test fails', [0, 0, 1], summary('1 failed, 2 passed, 3 total', '2 failed, 1 skipped, 10 passed, 13 total'), 1, '10 passed, 2 failed'],
  ['a suite cannot run', [0, 0, 1], summary('1 failed, 2 passed, 3 total', '12 passed, 12 total'), 1, '12 passed, 1 failed'],
  ['the runner says nothing', [0, 0, 1], '', 1, '0 passed, 1 failed'],
  ['the check fails', [0, 1, 0], summary('3 passed, 3 total', '12 passed, 12 total'), 1, '12 passed, 0 failed'],
  ['install or build fails', [1, 0, 0], summary('3 passed, 3 total', '12 passed, 12 total'), 1, 'npm ci failed: nothing was checked'],
])('.ci/run when %s', (_, [install, check, tests], output, code, line) => {
  expect(ci({ ci: install, check, test: tests }, output)).toEqual([code, line]);
});

test('.ci/run is executable, and nothing in it asks for a terminal', () => {
  expect(readFileSync(path.join(ROOT, '.ci/run'), 'utf8')).toMatch(/^exec <\/dev\/null$/m);
});
