import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface Engine {
  pid: number;
}

/** A Lectern of a test's own, to be killed: its process, its engines, its home. */
export class OwnLectern {
  readonly home = mkdtempSync(path.join(os.tmpdir(), 'lectern-own-'));
  private child: ChildProcess | undefined;

  /** Starts it, or starts it again on the same home; gives the connection as the shared one does. */
  async start(): Promise<string> {
    const child = spawn(process.execPath, [path.join(__dirname, '../../dist/runtime/test-main.js')], {
      env: {
        ...process.env,
        NODE_ENV: 'test',
        LECTERN_HOME: this.home,
        PORT: '0',
        CLOCK_RATE: '300',
        LOG_LEVEL: 'warn',
        DATABASE_URL: '',
        TEMPORAL_ADDRESS: '',
        SMTP_URL: '',
      },
      stdio: ['ignore', 'pipe', openSync(path.join(this.home, 'lectern.log'), 'a')],
    });
    this.child = child;
    return new Promise<string>((resolve, reject) => {
      let out = '';
      child.stdout!.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        if (out.includes('\n')) resolve(out.split('\n')[0]!);
      });
      child.once('exit', (code) =>
        reject(new Error(`ended with ${code}: ${readFileSync(path.join(this.home, 'lectern.log'), 'utf8').slice(-1000)}`)),
      );
    });
  }

  /** kill -9 of server and worker, and of the engines named. */
  async kill(...engines: ('postgres' | 'temporal' | 'catcher')[]): Promise<void> {
    const registry = JSON.parse(readFileSync(path.join(this.home, 'engines.json'), 'utf8')) as Record<string, Engine>;
    const child = this.child!;
    child.removeAllListeners('exit');
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    for (const engine of engines) process.kill(registry[engine]!.pid, 'SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    const child = this.child!;
    child.removeAllListeners('exit');
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    rmSync(this.home, { recursive: true, force: true });
  }
}
