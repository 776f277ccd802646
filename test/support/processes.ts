import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import type { Lectern } from './lectern';

type Kind = 'worker' | 'server';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

/** Worker and server as processes of their own, as in production, on the engines of a Lectern whose own process is gone. */
export class Processes {
  private readonly running = new Map<Kind, ChildProcess>();
  url = '';

  constructor(
    private readonly at: Lectern['at'],
    private readonly home: string,
  ) {}

  async start(kind: Kind): Promise<void> {
    const port = this.url ? new URL(this.url).port : String(await freePort());
    this.url = `http://127.0.0.1:${port}`;
    const { databaseUrl, databaseOwnerUrl, temporalAddress, smtpUrl, catcherUrl, secret } = this.at;
    const child = spawn(process.execPath, [path.join(__dirname, '../../dist/runtime/cli.js'), kind], {
      env: {
        ...process.env,
        LECTERN_HOME: this.home,
        DATABASE_URL: databaseUrl,
        DATABASE_OWNER_URL: databaseOwnerUrl,
        TEMPORAL_ADDRESS: temporalAddress,
        SMTP_URL: smtpUrl,
        CATCHER_URL: catcherUrl,
        LECTERN_SECRET: secret,
        PUBLIC_URL: this.url,
        PORT: port,
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'ignore', openSync(path.join(this.home, `${kind}.log`), 'a')],
    });
    this.running.set(kind, child);
  }

  async kill(kind: Kind): Promise<void> {
    const child = this.running.get(kind);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
}
