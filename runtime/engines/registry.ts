import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { withFileLock } from './file-lock';
import type { ProcessId } from './process';

export interface EngineRecord extends ProcessId {
  port: number;
  folder: string;
  /** It was told to end. It may still answer, and nobody takes it any more. */
  isEnding?: true;
  /** It lays its data for the first time, and has not served yet. */
  isFirst?: true;
}
/** What LECTERN_HOME/engines.json holds: which engines run for this folder, and who uses them. */
export interface Registry {
  postgres?: EngineRecord;
  temporal?: EngineRecord;
  catcher?: EngineRecord & { httpPort: number };
  /** Where data and binaries of Postgres are, when LECTERN_HOME is closed to its user. */
  postgresHome?: string;
  passwords?: { superuser: string; owner: string; app: string };
  /** Processes of ours that use the engines; the last one to leave stops them. */
  users: (ProcessId & { stay: string })[];
  /** The process that serves this home; without a URL as long as it starts. */
  server?: ProcessId & { url?: string; endsByItself?: boolean };
}

const fileOf = (home: string): string => path.join(home, 'engines.json');

export function readRegistry(home: string): Registry {
  try {
    return { users: [], ...(JSON.parse(readFileSync(fileOf(home), 'utf8')) as Partial<Registry>) };
  } catch (error) {
    // A file that is missing or spoilt costs nothing: the data says what it needs (see initialise).
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return { users: [] };
    throw error;
  }
}

/** Replaces a file as a whole, for its owner's eyes only; a crash leaves the old or the new. */
function replaceFile(file: string, content: string): void {
  const next = `${file}.${process.pid}`;
  const fd = openSync(next, 'w', 0o600);
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  chmodSync(next, 0o600);
  renameSync(next, file);
}

export const writeRegistry = (home: string, registry: Registry): void => replaceFile(fileOf(home), JSON.stringify(registry, null, 2));

/**
 * Changes the registry under a file lock; a second start waits for the first, and takes over from one that was killed. What was written
 * survives a failure of `work`.
 */
export function withRegistry<T>(home: string, work: (registry: Registry, save: () => void) => Promise<T>, signal?: AbortSignal): Promise<T> {
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const locked = async (): Promise<T> => {
    const registry = readRegistry(home);
    const save = (): void => writeRegistry(home, registry);
    return work(registry, save).finally(save);
  };
  return withFileLock(path.join(home, 'engines.json.lock'), locked, signal);
}

/** The installation's own secret: configured, or made once and kept for the owner's eyes only. Called under the registry's lock. */
export function secretOf(home: string, configured: string | undefined): string {
  if (configured) return configured;
  const file = path.join(home, 'secret');
  if (existsSync(file)) {
    const kept = readFileSync(file, 'utf8').trim();
    if (kept.length >= 32) return kept;
  }
  const secret = randomBytes(32).toString('hex');
  replaceFile(file, secret);
  return secret;
}
