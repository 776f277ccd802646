import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { newHome, removeHome, testEnvironment } from './support/environment';

jest.setTimeout(600_000);
const folder = newHome('bench-out');
afterAll(() => removeHome(folder));

test('the bench runs and writes its document; how fast things are is not asserted', async () => {
  const out = path.join(folder, 'quick.json');
  await promisify(execFile)(process.execPath, [path.join(__dirname, '../dist/bench/main.js'), '--quick', '--out', out], {
    env: testEnvironment(folder),
    maxBuffer: 64 << 20,
  });
  const { ratios } = JSON.parse(readFileSync(out, 'utf8')) as { ratios: Record<string, number> };
  expect(Object.keys(ratios)).toEqual(['lifecycleThroughputVsBare', 'lifecycleCpuVsBare', 'bookingVsPlainTransaction', 'wakeLatencyVsDirectSignal']);
  for (const [name, ratio] of Object.entries(ratios)) expect([name, Number.isFinite(ratio) && ratio > 0]).toEqual([name, true]);
});
