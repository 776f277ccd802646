import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../paths';
import { EngineError } from './error';
import { launchDetached, launchUntilItServes } from './launch';
import { answers, freePort } from './ports';
import { endProcess, findProcesses, isAlive } from './process';
import type { Registry } from './registry';

type CatcherRecord = NonNullable<Registry['catcher']>;

export interface CatcherOptions {
  testRoutes: boolean;
  save: () => void;
  signal?: AbortSignal | undefined;
}

const serves = async ({ port, httpPort }: CatcherRecord): Promise<boolean> => (await answers(port)) && (await answers(httpPort));

/** Starts the local mail catcher, a process of its own, or takes the one that runs for this home. */
export async function startCatcher(
  home: string,
  registry: Registry,
  { testRoutes, save, signal }: CatcherOptions,
): Promise<{ smtpUrl: string; catcherUrl: string; wasRunning: boolean }> {
  const running = registry.catcher;
  const wasRunning = isAlive(running) && (await serves(running!));
  if (!wasRunning) {
    if (running) await endProcess(running, 'SIGTERM', 3_000);
    const folder = path.join(home, 'mail');
    mkdirSync(folder, { recursive: true });
    const log = path.join(home, 'catcher.log');
    const command = [path.join(projectRoot(), 'dist/runtime/catcher/main.js'), '--dir', folder];
    // One that is not in the registry would go on writing to the same folder.
    for (const id of findProcesses(path.basename(process.execPath), ['--dir', folder])) await endProcess(id, 'SIGTERM', 3_000);
    const launch = async (): Promise<CatcherRecord> => {
      const port = await freePort(registry.catcher?.port);
      const httpPort = await freePort(registry.catcher?.httpPort);
      const ports = ['--smtp-port', String(port), '--http-port', String(httpPort)];
      const id = launchDetached(process.execPath, [...command, ...ports, ...(testRoutes ? ['--test'] : [])], log);
      if (!id) throw new EngineError('the mail catcher', `${process.execPath} could not be started`, 'set SMTP_URL to a mail server');
      registry.catcher = { ...id, port, httpPort, folder };
      save();
      return registry.catcher;
    };
    if (!(await launchUntilItServes({ launch, serves, patienceMs: 20_000, signal })))
      throw new EngineError(
        'the mail catcher',
        readFileSync(log, 'utf8').trim().split('\n').at(-1) || 'it did not start',
        'set SMTP_URL to a mail server, or run npm run build',
      );
  }
  const { port, httpPort } = registry.catcher!;
  return { smtpUrl: `smtp://127.0.0.1:${port}`, catcherUrl: `http://127.0.0.1:${httpPort}`, wasRunning };
}

export async function stopCatcher(registry: Registry): Promise<void> {
  if (registry.catcher) await endProcess(registry.catcher, 'SIGTERM', 5_000);
}
