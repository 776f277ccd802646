import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from './error';
import { isAlive, thisProcess, type ProcessId } from './process';

interface Holder extends ProcessId {
  /** Another one for each time that the lock is taken. */
  turn: string;
}

const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 20 * 60_000;

/** Who holds a lock; null when nobody does. What cannot be read (a power cut) was left by somebody who is gone. */
function holderOf(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    if (error instanceof SyntaxError) return { pid: 0, startTime: 'gone', turn: 'unreadable' };
    throw error;
  }
}

/** Writes beside the lock, then puts it there as a whole, so that no reader sees half of it. */
function put(file: string, own: Holder, place: (draft: string) => void): void {
  const draft = `${file}.${own.turn}.draft`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    place(draft);
  } finally {
    rmSync(draft, { force: true });
  }
}

function takeFree(file: string, own: Holder): boolean {
  try {
    put(file, own, (draft) => linkSync(draft, file));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes a lock that is free, or whose holder is gone. Only who holds a second lock, named after the turn of the one who is gone, may
 * replace that turn; whoever comes later finds another turn in its place. So two takers at once cannot both have it, and a taker that
 * is killed on the way is replaced in the same manner.
 */
function take(file: string, own: Holder): boolean {
  if (takeFree(file, own)) return true;
  const holder = holderOf(file);
  if (!holder || isAlive(holder)) return false;
  const successor = `${file}.${holder.turn}`;
  if (!take(successor, own)) return false;
  try {
    if (holderOf(file)?.turn !== holder.turn) return false;
    put(file, own, (draft) => renameSync(draft, file));
    return true;
  } finally {
    rmSync(successor, { force: true });
  }
}

/** Runs `work` while holding a lock file. Waits for a holder that lives; takes over at once from one that is gone. */
export async function withFileLock<T>(file: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const own: Holder = { ...thisProcess(), turn: randomUUID() };
  for (const until = Date.now() + PATIENCE_MS; !take(file, own); await sleep(LOOK_EVERY_MS)) {
    signal?.throwIfAborted();
    if (Date.now() > until) {
      throw new EngineError('this home', `process ${holderOf(file)?.pid} has held ${file} for too long`, 'end that process and start again');
    }
  }
  try {
    return await work();
  } finally {
    if (holderOf(file)?.turn === own.turn) rmSync(file, { force: true });
  }
}
