import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { projectRoot } from '../../runtime/paths';
import { testEnvironment } from './environment';

/** A command line of ours that runs, in a process group of its own as a terminal gives it one. */
export class Running {
  out = '';
  err = '';
  private readonly child: ChildProcess;
  private static readonly all: Running[] = [];
  /** The exit code, or the signal that ended it. */
  readonly end: Promise<number | string>;

  constructor(home: string, command: string[], env: NodeJS.ProcessEnv = {}) {
    const options = { cwd: projectRoot(), env: testEnvironment(home, env), detached: true };
    this.child = spawn(command[0]!, command.slice(1), { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout!.on('data', (text: Buffer) => (this.out += text.toString()));
    this.child.stderr!.on('data', (text: Buffer) => (this.err += text.toString()));
    Running.all.push(this);
    this.end = once(this.child, 'close').then(([code, signal]: (number | string)[]) => code ?? signal!);
  }

  endIfItRuns(signal: NodeJS.Signals): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.tellGroup(signal);
  }

  /** Ends what a failed test left running. */
  static async endAll(): Promise<void> {
    for (const run of Running.all) run.endIfItRuns('SIGTERM');
    await Promise.all(Running.all.map((run) => run.end));
  }

  /** Waits until it says something. */
  async says(text: string): Promise<void> {
    let isOver = false;
    void this.end.then(() => (isOver = true));
    while (!this.out.includes(text) && !this.err.includes(text)) {
      if (isOver) throw new Error(`it ended without saying "${text}":\n${this.err}\n${this.out}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What a terminal does on Ctrl-C: everybody in the group hears it. */
  tellGroup(signal: NodeJS.Signals): void {
    process.kill(-this.child.pid!, signal);
  }
}

export const lectern = (home: string, args: string[], env: NodeJS.ProcessEnv = {}): Running =>
  new Running(home, [process.execPath, 'dist/runtime/cli.js', ...args], env);

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
