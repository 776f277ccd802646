import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { newHome, removeHome } from './environment';
import { Lectern } from './lectern';
import { endChild, startUnderTest } from './under-test';

interface Engine {
  pid: number;
}

/** A Lectern of a test's own, to be killed: its process, its engines, its home. */
export class OwnLectern {
  readonly home = newHome('own');
  private child: ChildProcess | undefined;

  /** `env` is added to the environment that it starts in. */
  constructor(private readonly env: Record<string, string> = {}) {}

  /** Starts it, or starts it again on the same home; gives the connection as the shared one does. */
  start(): Promise<string> {
    const { child, connection } = startUnderTest(this.home, this.env);
    this.child = child;
    return connection;
  }

  /** kill -9 of server and worker, and of the engines named. */
  async kill(...engines: ('postgres' | 'temporal' | 'catcher')[]): Promise<void> {
    const gone = endChild(this.child!, 'SIGKILL');
    for (const engine of engines) this.killEngine(engine);
    await gone;
  }

  /** kill -9 of one engine, under the feet of those who use it. */
  killEngine(engine: 'postgres' | 'temporal' | 'catcher'): void {
    process.kill(this.engines()[engine]!.pid, 'SIGKILL');
  }

  private engines(): Record<string, Engine> {
    return JSON.parse(readFileSync(path.join(this.home, 'engines.json'), 'utf8')) as Record<string, Engine>;
  }

  async stop(): Promise<void> {
    if (this.child) await endChild(this.child, 'SIGTERM');
    removeHome(this.home);
  }
}

/** Starts it before the tests of a file, or of a `describe`, and ends it after them. */
export function startedForAll(own: OwnLectern, started: (lectern: Lectern) => void): void {
  let lectern: Lectern | undefined;
  beforeAll(async () => {
    lectern = new Lectern(await own.start());
    started(lectern);
  });
  afterAll(async () => {
    await lectern?.close();
    await own.stop();
  });
}
