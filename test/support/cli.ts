import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VARIABLES } from '../../runtime/config';
import { newHome, removeHome, testEnvironment, TYPING } from './environment';

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export const ROOT = path.join(__dirname, '../..');
const CLI = path.join(ROOT, 'dist/runtime/cli.js');

/** A home of a test's own, as a newcomer's machine: commands run in it as anybody would run them, on engines that they start. */
export class Home {
  readonly folder = newHome('home');
  readonly env: NodeJS.ProcessEnv;
  private readonly children = new Set<ChildProcess>();

  constructor(more: NodeJS.ProcessEnv = {}) {
    // A newcomer's .env would be read; what is set, if only to nothing, it does not fill.
    const nothing = Object.fromEntries(VARIABLES.filter((name) => name !== 'TEMPORAL_CLI_PATH').map((name) => [name, '']));
    this.env = testEnvironment(this.folder, {
      ...nothing,
      NODE_ENV: 'development',
      LECTERN_HOME: this.folder,
      PORT: '0',
      LOG_LEVEL: 'warn',
      ...more,
    });
  }

  /** Writes a file of this home and gives its path. */
  file(name: string, content: string | Buffer): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, content);
    return file;
  }

  start(args: string[], more: NodeJS.ProcessEnv = {}): Running {
    return this.spawn(process.execPath, [CLI, ...args], more);
  }

  lectern(args: string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, more).ended;
  }

  /** Runs a line as it is printed or written in a document. */
  shell(line: string): Running {
    return this.spawn('bash', ['-c', line], TYPING);
  }

  private spawn(command: string, args: string[], more: NodeJS.ProcessEnv): Running {
    const child = spawn(command, args, { cwd: ROOT, env: { ...this.env, ...more }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return new Running(child);
  }

  /** Command lines of processes that name this home. */
  processes(): string[] {
    return processesOf(this.folder);
  }

  /** Ends what still runs and takes the folder away. */
  async close(): Promise<void> {
    await Promise.all([...this.children].map((child) => new Running(child).interrupt()));
    removeHome(this.folder);
  }
}

/** A command under way. */
export class Running {
  out = '';
  err = '';
  readonly ended: Promise<Ended>;

  constructor(readonly child: ChildProcess) {
    child.stdout!.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => (this.err += chunk.toString()));
    this.ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out: this.out, err: this.err }));
  }

  /** Waits until it says this, on either output; fails when it ends without. */
  async says(what: RegExp | string, patienceMs = 240_000): Promise<RegExpExecArray> {
    const pattern = typeof what === 'string' ? new RegExp(what.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : what;
    for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(20)) {
      const isOver = !this.runs;
      if (isOver) await this.ended;
      const found = pattern.exec(this.out) ?? pattern.exec(this.err);
      if (found) return found;
      if (isOver) throw new Error(`ended with ${this.child.exitCode} and never said ${pattern}:\n${this.out}\n${this.err}`);
    }
    throw new Error(`waited in vain for ${pattern} in:\n${this.out}\n${this.err}`);
  }

  private get runs(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** As a terminal does on Ctrl-C: everybody in its group hears it. One that has ended hears nothing. */
  tell(signal: NodeJS.Signals): void {
    if (this.runs) process.kill(-this.child.pid!, signal);
  }

  /** Tells it to end and waits until it has. */
  interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.tell(signal);
    return this.ended;
  }
}

/** `lectern rules …` on the Lectern of a test, as the admin of its organisation. */
export function rulesOf({ at }: { at: { home: string; adminKey: string } }): (...args: string[]) => Promise<Ended> {
  const env = { ...process.env, NODE_ENV: 'development', LECTERN_HOME: at.home, LECTERN_KEY: at.adminKey, LOG_LEVEL: 'warn' };
  return (...args) =>
    new Promise((resolve) =>
      execFile(process.execPath, [CLI, 'rules', ...args], { env }, (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err })),
    );
}

/** Command lines of processes that name a home. */
export function processesOf(home: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') : '';
      return line.includes(home) ? [line] : [];
    } catch {
      return [];
    }
  });
}
