import path from 'node:path';
import { Connection } from '@temporalio/client';
import { EngineError } from './error';
import { endProcess, freePort, isAlive, launchDetached, waitFor } from './process';
import type { Registry } from './registry';
import { temporalBinary } from './temporal-binary';

async function serves(port: number, namespace: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 1_000 });
    try {
      await connection.workflowService.describeNamespace({ namespace });
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

export interface TemporalOptions {
  namespace: string;
  cliPath: string | undefined;
  progress: (line: string) => void;
  save: () => void;
}

/** Starts a Temporal dev server with a database file, or takes the one that runs for this home. */
export async function startTemporal(
  home: string,
  registry: Registry,
  { namespace, cliPath, progress, save }: TemporalOptions,
): Promise<{ temporalAddress: string; wasRunning: boolean }> {
  const running = registry.temporal;
  const wasRunning = isAlive(running) && (await serves(running!.port, namespace));
  if (!wasRunning) {
    if (running) await endProcess(running, 'SIGTERM', 5_000);
    const binary = await temporalBinary(cliPath, progress);
    const port = await freePort(running?.port);
    const folder = path.join(home, 'temporal.db');
    const log = path.join(home, 'temporal.log');
    const args = ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--db-filename', folder];
    const id = launchDetached(binary, [...args, '--log-level', 'error', '--namespace', namespace], log, { cwd: home });
    if (!id) throw new EngineError('Temporal', `${binary} could not be started`, 'set TEMPORAL_CLI_PATH to a working Temporal CLI');
    registry.temporal = { ...id, port, folder };
    save();
    const isUp = await waitFor(async () => (await serves(port, namespace)) || !isAlive(id), 60_000, 150);
    if (!isUp || !isAlive(id)) {
      throw new EngineError(
        'Temporal',
        `the server did not start; its last words are in ${log}`,
        'free some memory or disk, or set TEMPORAL_ADDRESS to a server that runs',
      );
    }
  }
  return { temporalAddress: `127.0.0.1:${registry.temporal!.port}`, wasRunning };
}

export async function stopTemporal(registry: Registry): Promise<void> {
  if (registry.temporal) await endProcess(registry.temporal, 'SIGTERM', 10_000);
}
