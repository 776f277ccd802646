import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
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

/** Numbers and command lines of all processes, as far as the system tells. */
function commandLines(): { pid: number; args: string[] }[] {
  if (existsSync('/proc/self/stat')) {
    const argsOf = (pid: string): string[] => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      } catch {
        return [];
      }
    };
    return readdirSync('/proc').flatMap((pid) => (/^\d+$/.test(pid) ? [{ pid: Number(pid), args: argsOf(pid) }] : []));
  }
  try {
    const lines = execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 16 << 20 })
      .trim()
      .split('\n');
    return lines.map((line) => {
      const [pid, ...args] = line.trim().split(/\s+/);
      return { pid: Number(pid), args };
    });
  } catch {
    return [];
  }
}

/**
 * The processes of a program whose arguments hold these, one after the other: how one is found that nobody wrote down. Whole arguments
 * are compared, so that an editor or a search that merely names the file is not taken for it. On a system without /proc a path with
 * a space in it is not found.
 */
export function findProcesses(program: string, wanted: readonly string[]): ProcessId[] {
  const holds = (args: string[]): boolean => args.some((_, i) => wanted.every((w, j) => args[i + j] === w));
  return commandLines()
    .filter(({ args }) => path.basename(args[0] ?? '') === program && holds(args.slice(1)))
    .map(({ pid }) => identify(pid))
    .filter(isAlive);
}

/** The process with this number now; one that is gone already is told by a start time that none has. */
export const identify = (pid: number): ProcessId => ({ pid, startTime: startTimeOf(pid) ?? 'gone' });

/** Asks a process to end, and ends it when it does not within `patienceMs`. */
export async function endProcess(id: ProcessId, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  for (const [kind, patience] of [
    [signal, patienceMs],
    ['SIGKILL', 30_000],
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

/** Waits until something holds; false when it does not in time. An interruption ends the wait with its reason. */
export async function waitFor(
  holds: () => boolean | Promise<boolean>,
  patienceMs: number,
  { everyMs = 50, signal }: { everyMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<boolean> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(everyMs)) {
    signal?.throwIfAborted();
    if (await holds()) return true;
  }
  return holds();
}
