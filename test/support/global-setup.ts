import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

declare global {
  var lecternUnderTest: ChildProcess | undefined;
}

/**
 * One Lectern for all tests, in a process of its own outside Jest's sandbox: real Postgres, real Temporal, real SMTP, a home of
 * its own, a business clock that runs five minutes a second. What it needs is built by `npm test` before.
 */
export default async function globalSetup(): Promise<void> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'lectern-test-'));
  const log = openSync(path.join(home, 'lectern.log'), 'a');
  const child = spawn(process.execPath, [path.join(__dirname, '../../dist/runtime/test-main.js')], {
    env: {
      ...process.env,
      NODE_ENV: 'test',
      LECTERN_HOME: home,
      PORT: '0',
      CLOCK_RATE: '300',
      LOG_LEVEL: 'warn',
      DATABASE_URL: '',
      TEMPORAL_ADDRESS: '',
      SMTP_URL: '',
    },
    stdio: ['ignore', 'pipe', log],
  });
  globalThis.lecternUnderTest = child;
  const connection = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) resolve(out.split('\n')[0]!);
    });
    child.once('exit', (code) => reject(new Error(`Lectern under test ended with ${code}; see ${home}/lectern.log`)));
  });
  // Jest's workers inherit the environment; a file would be shared by two runs at once.
  process.env.LECTERN_UNDER_TEST = connection;
}
