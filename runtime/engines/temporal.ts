import path from 'node:path';
import { Connection } from '@temporalio/client';
import { EngineError } from './error';
import { launchDetached, launchUntilItServes } from './launch';
import { freePort } from './ports';
import { endProcess, findProcesses, isAlive } from './process';
import type { EngineRecord, Registry } from './registry';
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

/** Its command line up to the file, by which one is found again. */
const COMMAND = ['server', 'start-dev', '--headless', '--db-filename'];

export interface TemporalOptions {
  namespace: string;
  cliPath: string | undefined;
  progress: (line: string) => void;
  save: () => void;
  signal?: AbortSignal | undefined;
}

/** Ends a server on this file that is not in the registry: two on one file would spoil it. */
async function endUnrecorded(file: string, program: string): Promise<void> {
  for (const id of findProcesses(program, [...COMMAND, file])) await endProcess(id, 'SIGTERM', 10_000);
}

/** Starts a Temporal dev server with a database file, or takes the one that runs for this home. */
export async function startTemporal(
  home: string,
  registry: Registry,
  { namespace, cliPath, progress, save, signal }: TemporalOptions,
): Promise<{ temporalAddress: string; wasRunning: boolean }> {
  const running = registry.temporal;
  const wasRunning = isAlive(running) && (await serves(running!.port, namespace));
  if (!wasRunning) {
    if (running) await endProcess(running, 'SIGTERM', 10_000);
    const binary = await temporalBinary(cliPath, { progress, signal });
    const folder = path.join(home, 'temporal.db');
    await endUnrecorded(folder, path.basename(binary));
    const log = path.join(home, 'temporal.log');
    const launch = async (): Promise<EngineRecord> => {
      const port = await freePort(registry.temporal?.port);
      const where = ['--ip', '127.0.0.1', '--port', String(port)];
      const id = launchDetached(binary, [...COMMAND, folder, ...where, '--log-level', 'error', '--namespace', namespace], log, { cwd: home });
      if (!id) throw new EngineError('Temporal', `${binary} could not be started`, 'set TEMPORAL_CLI_PATH to a working Temporal CLI');
      registry.temporal = { ...id, port, folder };
      save();
      return registry.temporal;
    };
    const isUp = await launchUntilItServes({ launch, serves: ({ port }) => serves(port, namespace), patienceMs: 60_000, signal });
    if (!isUp) {
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
