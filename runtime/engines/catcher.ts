import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../paths';
import { EngineError } from './error';
import { answers, endProcess, freePort, isAlive, launchDetached, waitFor } from './process';
import type { Registry } from './registry';

/** Starts the local mail catcher, a process of its own, or takes the one that runs for this home. */
export async function startCatcher(
  home: string,
  registry: Registry,
  { testRoutes, save }: { testRoutes: boolean; save: () => void },
): Promise<{ smtpUrl: string; catcherUrl: string; wasRunning: boolean }> {
  const running = registry.catcher;
  const wasRunning = isAlive(running) && (await answers(running!.port)) && (await answers(running!.httpPort));
  if (!wasRunning) {
    if (running) await endProcess(running, 'SIGTERM', 3_000);
    const folder = path.join(home, 'mail');
    mkdirSync(folder, { recursive: true });
    const port = await freePort(running?.port);
    const httpPort = await freePort(running?.httpPort);
    const log = path.join(home, 'catcher.log');
    const main = path.join(projectRoot(), 'dist/runtime/catcher/main.js');
    const ports = ['--smtp-port', String(port), '--http-port', String(httpPort)];
    const id = launchDetached(process.execPath, [main, '--dir', folder, ...ports, ...(testRoutes ? ['--test'] : [])], log);
    if (!id) throw new EngineError('the mail catcher', `${process.execPath} could not be started`, 'set SMTP_URL to a mail server');
    registry.catcher = { ...id, port, httpPort, folder };
    save();
    const up = async (): Promise<boolean> => (await answers(port)) && (await answers(httpPort));
    const isUp = (await waitFor(async () => (await up()) || !isAlive(id), 20_000)) && isAlive(id);
    if (!isUp)
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
