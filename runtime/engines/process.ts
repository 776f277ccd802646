import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process by its number and the moment it started, so that a number given to another process later is not taken for it. */
export interface ProcessId {
  pid: number;
  startTime: string;
}

/** When a process started, as the system counts it; null when it is gone. */
export function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    try {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || null;
    } catch {
      return null;
    }
  }
}

export const isAlive = (id: ProcessId | undefined): boolean => id !== undefined && startTimeOf(id.pid) === id.startTime;

export const thisProcess = (): ProcessId => ({ pid: process.pid, startTime: startTimeOf(process.pid)! });

export function identify(pid: number): ProcessId {
  const startTime = startTimeOf(pid);
  if (startTime === null) throw new Error(`process ${pid} ended right after it was started`);
  return { pid, startTime };
}

/** Asks a process to end, and ends it when it does not within `patienceMs`. */
export async function endProcess(id: ProcessId, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  if (!isAlive(id)) return;
  process.kill(id.pid, signal);
  if (await waitFor(() => !isAlive(id), patienceMs)) return;
  try {
    process.kill(id.pid, 'SIGKILL');
  } catch {
    return;
  }
  await waitFor(() => !isAlive(id), 5_000);
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
