import { execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process by its number and the moment it started, so that a number given to another process later is not taken for it. */
export interface ProcessId {
  pid: number;
  startTime: string;
}

/** State and start time of a thread or process; null when it is gone. */
function statOf(folder: string): { state: string; startTime: string } | null {
  try {
    const stat = readFileSync(`${folder}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0]!, startTime: fields[19]! };
  } catch {
    return null;
  }
}

const hasEnded = (state: string | undefined): boolean => state === undefined || state === 'Z' || state === 'X';

/** A first thread that ended may leave others that still hold ports and files: a killed process is gone with its last one. */
function hasLivingThread(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).some((thread) => !hasEnded(statOf(`/proc/${pid}/task/${thread}`)?.state));
  } catch {
    return false;
  }
}

/** When a process started, as the system counts it; null when it is gone, which it is once it holds nothing any more. */
export function startTimeOf(pid: number): string | null {
  if (existsSync('/proc/self/stat')) {
    const stat = statOf(`/proc/${pid}`);
    return stat && (!hasEnded(stat.state) || hasLivingThread(pid)) ? stat.startTime : null;
  }
  try {
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

export const isAlive = (id: ProcessId | undefined): boolean => id !== undefined && startTimeOf(id.pid) === id.startTime;

export const thisProcess = (): ProcessId => ({ pid: process.pid, startTime: startTimeOf(process.pid)! });

/** The command line of a process, as far as the system tells. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    try {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
      return '';
    }
  }
}

/** The process with this number now; one that is gone already is told by a start time that none has. */
const identify = (pid: number): ProcessId => ({ pid, startTime: startTimeOf(pid) ?? 'gone' });

/** Starts a process in a group of its own, so that Ctrl-C reaches only us; what it says goes to the log. Null when it cannot be run. */
export function launchDetached(file: string, args: string[], log: string, options: SpawnOptions = {}): ProcessId | null {
  const out = openSync(log, 'a');
  try {
    const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', out, out] });
    // Without a listener a file that cannot be run would end this process.
    child.on('error', () => undefined);
    child.unref();
    return child.pid === undefined ? null : identify(child.pid);
  } finally {
    closeSync(out);
  }
}

/** Asks a process to end, and ends it when it does not within `patienceMs`. */
export async function endProcess(id: ProcessId, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  for (const [kind, patience] of [
    [signal, patienceMs],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isAlive(id)) return;
    try {
      process.kill(id.pid, kind);
    } catch {
      return;
    }
    if (await waitFor(() => !isAlive(id), patience)) return;
  }
}

export async function waitFor(holds: () => boolean | Promise<boolean>, patienceMs: number, everyMs = 50): Promise<boolean> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(everyMs)) if (await holds()) return true;
  return holds();
}

export function freePort(preferred?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () => (preferred ? freePort().then(resolve, reject) : reject(new Error('no port is free on 127.0.0.1'))));
    server.listen(preferred ?? 0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: 1_000 });
    const end = (ok: boolean) => () => {
      socket.destroy();
      resolve(ok);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
