import { existsSync, rmSync } from 'node:fs';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import path from 'node:path';
import { EngineError } from './error';
import { launchDetached, launchUntilItServes } from './launch';
import { freePort } from './ports';
import { endProcess, findProcesses, isAlive } from './process';
import type { EngineRecord, Registry } from './registry';
import { temporalBinary } from './temporal-binary';

const PROBE_MS = 5_000;
const DESCRIBE_NAMESPACE = '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace';

/** The message of gRPC that asks for a namespace: not compressed, its length, and one field of text. */
function askFor(namespace: string): Buffer {
  const name = Buffer.from(namespace);
  const length = name.length < 128 ? [name.length] : [(name.length & 127) | 128, name.length >> 7];
  const message = Buffer.concat([Buffer.from([10, ...length]), name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/**
 * Whether a server answers for a namespace. Asked by hand: every command asks, and Temporal's own client takes longer to load than most
 * of them take.
 */
function serves(port: number, namespace: string): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const end = (answer: boolean): void => {
      resolve(answer);
      session.destroy();
    };
    session.once('error', () => end(false)).setTimeout(PROBE_MS, () => end(false));
    const call = session.request({ ':method': 'POST', ':path': DESCRIBE_NAMESPACE, 'content-type': 'application/grpc', te: 'trailers' });
    // Where there is no such namespace, the first headers are the last ones, and carry the refusal.
    const hear = (headers: IncomingHttpHeaders): void => {
      if (headers['grpc-status'] !== undefined) end(headers['grpc-status'] === '0');
    };
    call.once('response', hear).once('trailers', hear);
    call.once('error', () => end(false)).once('close', () => end(false));
    call.resume().end(askFor(namespace));
  });
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
  const wasRunning = isAlive(running) && !running!.isEnding && (await serves(running!.port, namespace));
  if (!wasRunning) {
    await stopTemporal(registry, save);
    const binary = await temporalBinary(cliPath, { progress, signal });
    const folder = path.join(home, 'temporal.db');
    await endUnrecorded(folder, path.basename(binary));
    const log = path.join(home, 'temporal.log');
    const isFirst = running?.isFirst === true || !existsSync(folder);
    const launch = async (): Promise<EngineRecord> => {
      // What a first start laid that was broken off in the middle nobody has used, and no server can go on with.
      if (isFirst) for (const file of ['', '-shm', '-wal']) rmSync(folder + file, { force: true });
      const port = await freePort(registry.temporal?.port);
      const where = ['--ip', '127.0.0.1', '--port', String(port)];
      const id = launchDetached(binary, [...COMMAND, folder, ...where, '--log-level', 'error', '--namespace', namespace], log, { cwd: home });
      if (!id) throw new EngineError('Temporal', `${binary} could not be started`, 'set TEMPORAL_CLI_PATH to a working Temporal CLI');
      registry.temporal = { ...id, port, folder, ...(isFirst ? { isFirst } : {}) };
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
  delete registry.temporal!.isFirst;
  return { temporalAddress: `127.0.0.1:${registry.temporal!.port}`, wasRunning };
}

/** Ends it, which may take seconds in which it still answers: whoever starts meanwhile, because we were killed, is not to take it. */
export async function stopTemporal(registry: Registry, save: () => void): Promise<void> {
  if (!isAlive(registry.temporal)) return;
  registry.temporal!.isEnding = true;
  save();
  await endProcess(registry.temporal!, 'SIGTERM', 10_000);
}
