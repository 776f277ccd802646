import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from './error';
import { isAlive, thisProcess } from './process';
import { readRegistry, withRegistry, type Registry } from './registry';

type ServerRecord = NonNullable<Registry['server']>;

const ANSWER_MS = 3_000;
/** How long one that is recorded may fail to answer: it may be stopping. */
const SILENCE_MS = 60_000;

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) })).ok;
  } catch {
    return false;
  }
}

const isAnother = (server: ServerRecord | undefined): server is ServerRecord => isAlive(server) && server!.pid !== process.pid;

/** The URL of the Lectern that serves this home until it is told to end; null when none does. */
export async function runningServer(home: string): Promise<string | null> {
  const { server } = readRegistry(home);
  return server?.url && !server.endsByItself && isAlive(server) && (await answers(server.url)) ? server.url : null;
}

export interface Claim {
  progress: (line: string) => void;
  /** Whether this process serves for a while only; a start that is to last waits for its end. */
  endsByItself: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Of all starts for a home one serves. Gives null when this process is the one, which then calls `recordServer`; else the URL of the one
 * that is: a start that is still on its way is waited for.
 */
export async function claimServer(home: string, { progress, endsByItself, signal }: Claim): Promise<string | null> {
  let isTold = false;
  let silentSince: number | null = null;
  for (; ; await sleep(200)) {
    signal?.throwIfAborted();
    const { server } = readRegistry(home);
    if (!isAnother(server)) {
      if (await claim(home, endsByItself, signal)) return null;
      continue;
    }
    const isServing = server.url !== undefined && !server.endsByItself;
    if (isServing && (await answers(server.url!))) return server.url!;
    if (!isTold) progress(`another start of this home is under way or ending (process ${server.pid}) …`);
    isTold = true;
    if (!isServing) continue;
    silentSince ??= Date.now();
    if (Date.now() - silentSince > SILENCE_MS) {
      throw new EngineError('this home', `process ${server.pid} serves it at ${server.url} but does not answer`, 'end that process and start again');
    }
  }
}

const claim = (home: string, endsByItself: boolean, signal: AbortSignal | undefined): Promise<boolean> =>
  withRegistry(
    home,
    (registry) => {
      const isFree = !isAnother(registry.server);
      if (isFree) registry.server = { ...thisProcess(), ...(endsByItself ? { endsByItself } : {}) };
      return Promise.resolve(isFree);
    },
    signal,
  );

/** Records where this process serves, so that commands and a second start find it. */
export const recordServer = (home: string, url: string): Promise<void> =>
  withRegistry(home, (registry) => {
    registry.server = { ...thisProcess(), ...registry.server, url };
    return Promise.resolve();
  });

/** Gives back what `claimServer` took, when the start came to nothing. */
export const giveUpServer = (home: string): Promise<void> =>
  withRegistry(home, (registry) => {
    if (registry.server?.pid === process.pid) delete registry.server;
    return Promise.resolve();
  });
