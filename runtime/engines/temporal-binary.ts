import { execFile, execFileSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, chmodSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { EngineError } from './error';
import { withFileLock } from './file-lock';

const CLI = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';
const ANSWER_MS = 8_000;
const DOWNLOAD_MS = 5 * 60_000;
const STALL_MS = 15_000;

export interface Hearer {
  progress: (line: string) => void;
  /** Ends what is under way. */
  signal?: AbortSignal | undefined;
}

const cacheFolder = (): string => path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'lectern', 'bin');

function onPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter))
    if (folder && existsSync(path.join(folder, name))) return path.join(folder, name);
  return null;
}

/** The project's own download, with little patience for silence: where the network is closed it hangs. */
async function download(folder: string, interruption: AbortSignal | undefined): Promise<string | null> {
  const archive = path.join(folder, 'temporal.tar.gz');
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), ANSWER_MS);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), STALL_MS);
  };
  const signal = AbortSignal.any([silence.signal, AbortSignal.timeout(DOWNLOAD_MS), ...(interruption ? [interruption] : [])]);
  try {
    const platform = process.platform === 'win32' ? 'windows' : process.platform;
    const arch = process.arch === 'x64' ? 'amd64' : process.arch;
    const answer = await fetch(`https://temporal.download/cli/archive/v1.5.1?platform=${platform}&arch=${arch}`, {
      signal,
    });
    if (!answer.ok || !answer.body) return null;
    const body = Readable.fromWeb(answer.body as ReadableStream);
    body.on('data', heard);
    await pipeline(body, createWriteStream(archive), { signal });
    execFileSync('tar', ['-xzf', archive, '-C', folder, 'temporal']);
    chmodSync(path.join(folder, 'temporal'), 0o755);
    return path.join(folder, 'temporal');
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    rmSync(archive, { force: true });
  }
}

/** Builds it from its source with Go; minutes, once a machine. */
function build(folder: string, { progress, signal }: Hearer): Promise<string | null> {
  if (!onPath('go')) return Promise.resolve(null);
  const started = Date.now();
  const tick = setInterval(
    () => progress(`building the Temporal server with Go, once on this machine … ${Math.round((Date.now() - started) / 1000)} s (up to 6 min)`),
    15_000,
  );
  progress('building the Temporal server with Go, once on this machine (up to 6 min)');
  const env = { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' };
  const options = { env, timeout: 15 * 60_000, cwd: os.tmpdir(), maxBuffer: 64 << 20, ...(signal ? { signal } : {}) };
  return new Promise((resolve) => {
    execFile('go', ['install', CLI], options, (error) => {
      clearInterval(tick);
      resolve(error ? null : path.join(folder, 'temporal'));
    });
  });
}

async function fetchOrBuild(cached: string, hearer: Hearer): Promise<string> {
  const fresh = `${cached}.new`;
  mkdirSync(fresh, { recursive: true });
  hearer.progress('downloading the Temporal server');
  const found = (await download(fresh, hearer.signal)) ?? (hearer.signal?.aborted ? null : await build(fresh, hearer));
  hearer.signal?.throwIfAborted();
  if (!found) {
    throw new EngineError(
      'Temporal',
      'its server is neither installed nor can it be downloaded or built here',
      'install the Temporal CLI, or set TEMPORAL_CLI_PATH to it, or install Go 1.23 or newer, or set TEMPORAL_ADDRESS to a server that runs',
    );
  }
  renameSync(found, cached);
  rmSync(fresh, { recursive: true, force: true });
  return cached;
}

/** Where the `temporal` binary is: named, on the PATH, in our cache, downloaded, or built. Two starts at once build it once. */
export async function temporalBinary(named: string | undefined, hearer: Hearer): Promise<string> {
  if (named) return named;
  const cached = path.join(cacheFolder(), 'temporal');
  const known = onPath('temporal') ?? (existsSync(cached) ? cached : null);
  if (known) return known;
  mkdirSync(cacheFolder(), { recursive: true });
  const work = (): Promise<string> => (existsSync(cached) ? Promise.resolve(cached) : fetchOrBuild(cached, hearer));
  return withFileLock(`${cached}.lock`, work, hearer.signal);
}
