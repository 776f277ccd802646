import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { testEnvironment } from './environment';

/**
 * Starts a whole Lectern in a process of its own, outside Jest's sandbox: real Postgres, real Temporal, real SMTP, a business clock
 * that runs five minutes a second. Gives where everything answers, as one line of JSON. It ends with the one who started it, however
 * that one ends, and takes its home with it then. `env` is added to the environment that it starts in.
 */
export function startUnderTest(home: string, env: Record<string, string> = {}): { child: ChildProcess; connection: Promise<string> } {
  const log = path.join(home, 'lectern.log');
  const child = spawn(process.execPath, [path.join(__dirname, '../../dist/runtime/test-main.js')], {
    env: testEnvironment(home, { CLOCK_RATE: '300', LOG_LEVEL: 'warn', ...env }),
    stdio: ['pipe', 'pipe', openSync(log, 'a')],
  });
  const connection = new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) resolve(out.split('\n')[0]!);
    });
    child.once('exit', (code) => reject(new Error(`Lectern under test ended with ${code}: ${readFileSync(log, 'utf8').slice(-1000)}`)));
  });
  return { child, connection };
}

/** Waits until a child has ended of the signal. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}
