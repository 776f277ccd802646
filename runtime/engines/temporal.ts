import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { EngineError } from './error';
import { endProcess, freePort, identify, isAlive, waitFor } from './process';
import type { Registry } from './registry';
import { temporalBinary } from './temporal-binary';

async function serves(port: number): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 1_000 });
    try {
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

/** Starts a Temporal dev server with a database file, or takes the one that runs for this home. */
export async function startTemporal(
  home: string,
  registry: Registry,
  cliPath: string | undefined,
  progress: (line: string) => void,
): Promise<{ temporalAddress: string; wasRunning: boolean }> {
  const running = registry.temporal;
  const wasRunning = isAlive(running) && (await serves(running!.port));
  if (!wasRunning) {
    if (running) await endProcess(running, 'SIGTERM', 5_000);
    const binary = await temporalBinary(cliPath, progress);
    const port = await freePort(running?.port);
    const folder = path.join(home, 'temporal.db');
    const log = openSync(path.join(home, 'temporal.log'), 'a');
    const child = spawn(
      binary,
      [
        'server',
        'start-dev',
        '--headless',
        '--ip',
        '127.0.0.1',
        '--port',
        String(port),
        '--db-filename',
        folder,
        '--log-level',
        'error',
        '--namespace',
        'default',
      ],
      { detached: true, stdio: ['ignore', log, log], cwd: home },
    );
    child.unref();
    if (!child.pid) throw new EngineError('Temporal', `${binary} could not be started`, 'set TEMPORAL_CLI_PATH to a working Temporal CLI');
    const id = identify(child.pid);
    registry.temporal = { ...id, port, folder };
    const isUp = await waitFor(async () => (await serves(port)) || !isAlive(id), 60_000, 150);
    if (!isUp || !isAlive(id)) {
      throw new EngineError(
        'Temporal',
        `the server did not start; its last words are in ${path.join(home, 'temporal.log')}`,
        'free some memory or disk, or set TEMPORAL_ADDRESS to a server that runs',
      );
    }
  }
  return { temporalAddress: `127.0.0.1:${registry.temporal!.port}`, wasRunning };
}

export async function stopTemporal(registry: Registry): Promise<void> {
  if (registry.temporal) await endProcess(registry.temporal, 'SIGTERM', 10_000);
}
