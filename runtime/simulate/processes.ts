import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../../workflows/session/contract';
import { VARIABLES } from '../config';
import type { Addresses } from '../wiring';
import { freePort } from '../engines/ports';
import { projectRoot } from '../paths';

export type Kind = 'worker' | 'server';

const PATIENCE_MS = 60_000;

/** The environment without any setting of Lectern's: a week reaches nothing but its own engines. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !VARIABLES.includes(name) || name === 'TEMPORAL_CLI_PATH'));
}

/** Worker and server of a week, each a process of its own as in production, to be killed and started again. */
export class Processes {
  private readonly running = new Map<Kind, ChildProcess>();
  private port = 0;

  constructor(
    private readonly home: string,
    private readonly at: Addresses,
    /** The worker's program; another than `lectern worker` only where the week is to show what would be without claims. */
    private readonly workerProgram: string[] = ['cli.js', 'worker'],
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(kind: Kind): Promise<void> {
    this.port ||= await freePort(undefined);
    const [program, ...args] = kind === 'server' ? ['cli.js', 'server'] : this.workerProgram;
    const child = spawn(process.execPath, [path.join(projectRoot(), 'dist/runtime', program!), ...args], {
      env: {
        ...plainEnvironment(),
        NODE_ENV: 'production',
        LECTERN_HOME: this.home,
        DATABASE_URL: this.at.databaseUrl,
        TEMPORAL_ADDRESS: this.at.temporalAddress,
        SMTP_URL: this.at.smtpUrl,
        CATCHER_URL: this.at.catcherUrl ?? '',
        LECTERN_SECRET: this.at.secret,
        PUBLIC_URL: this.url,
        PORT: String(this.port),
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'ignore', openSync(path.join(this.home, `${kind}.log`), 'a')],
    });
    this.running.set(kind, child);
    // Whoever ends the week in a hurry takes its processes along.
    process.once('exit', () => child.kill('SIGKILL'));
  }

  pidOf(kind: Kind): number | undefined {
    return this.running.get(kind)?.pid;
  }

  /** Whether both still run: one that ended by itself is a fault. */
  ended(): Kind | null {
    for (const [kind, child] of this.running) if (child.exitCode !== null || child.signalCode !== null) return kind;
    return null;
  }

  async untilServed(): Promise<void> {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(100)) {
      const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
      if (answer?.ok) return;
      if (this.ended() === 'server') break;
    }
    throw new Error(`the server did not start; see ${path.join(this.home, 'server.log')}`);
  }

  /** Waits until a process that was started does its work: the server answers, the worker asks Temporal for some. */
  async untilBack(kind: Kind, client: Client): Promise<void> {
    if (kind === 'server') return this.untilServed();
    const asks = async (): Promise<boolean> => {
      const request = { namespace: client.options.namespace, taskQueue: { name: TASK_QUEUE }, taskQueueType: 1 };
      const { pollers } = await client.workflowService.describeTaskQueue(request);
      return (pollers ?? []).some((p) => p.identity?.startsWith(`${this.pidOf('worker')}@`));
    };
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(200)) if (await asks()) return;
    throw new Error(`the worker did not come back; see ${path.join(this.home, 'worker.log')}`);
  }

  kill(kind: Kind): Promise<void> {
    return this.end(kind, 'SIGKILL');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.keys()].map((kind) => this.end(kind, 'SIGTERM')));
  }

  private async end(kind: Kind, signal: NodeJS.Signals): Promise<void> {
    const child = this.running.get(kind);
    this.running.delete(kind);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}
