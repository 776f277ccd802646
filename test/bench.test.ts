import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { newHome, removeHome, testEnvironment } from './support/environment';

jest.setTimeout(600_000);
const run = (script: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [path.join(__dirname, '../dist/bench', script), ...args], {
    env: testEnvironment(folder),
    maxBuffer: 64 << 20,
  });
const folder = newHome('bench-out');
afterAll(() => removeHome(folder));

test.concurrent('the bench runs and writes its document; how fast things are is not asserted', async () => {
  const out = path.join(folder, 'quick.json');
  await run('main.js', '--quick', '--out', out);
  const { ratios } = JSON.parse(readFileSync(out, 'utf8')) as { ratios: Record<string, number> };
  expect(Object.keys(ratios)).toEqual([
    'lifecycleThroughputVsBare',
    'lifecycleCpuVsBare',
    'bookingVsPlainTransaction',
    'wakeLatencyVsDirectSignal',
    'backtestVsJsonLogicLoop',
  ]);
  for (const [name, ratio] of Object.entries(ratios)) expect([name, Number.isFinite(ratio) && ratio > 0]).toEqual([name, true]);
});

// On a clock of its own; beside the bench, because it waits more than it works.
test.concurrent('the standard path takes at most 100 events of history, and for thirty students no more than for one', async () => {
  const { one, thirty } = JSON.parse((await run('events.js', '--json')).stdout) as { one: number; thirty: number };
  expect([one, thirty].map((events) => events > 30 && events <= 100)).toEqual([true, true]);
  expect(thirty - one).toBeLessThanOrEqual(11);
});
