import { randomUUID } from 'node:crypto';
import type { Config } from '../config';
import { startCatcher, stopCatcher } from './catcher';
import { startPostgres, stopPostgres } from './postgres';
import { isAlive, thisProcess } from './process';
import { readRegistry, secretOf, withRegistry, type Registry } from './registry';
import { startTemporal, stopTemporal } from './temporal';

/** Where everything answers: configured addresses, or the embedded engines of this home. */
export interface Engines {
  databaseUrl: string;
  databaseOwnerUrl: string;
  temporalAddress: string;
  smtpUrl: string;
  catcherUrl: string | null;
  secret: string;
  /** Leaves the engines; the last process to leave stops what was started here. */
  stop(): Promise<void>;
}

export interface EngineOptions {
  progress: (line: string) => void;
  /** False trades safety against speed, for tests. Default true. */
  durable?: boolean;
  testRoutes?: boolean;
}

async function timed<T extends { wasRunning: boolean }>(name: string, progress: (line: string) => void, start: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const result = await start();
  progress(`${name} ${result.wasRunning ? 'runs already' : 'is up'} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return result;
}

/** Waits for all, so that nothing goes on starting after the lock is given back; then the first failure counts. */
async function allOf<T extends readonly unknown[]>(starts: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const ends = await Promise.allSettled(starts as readonly Promise<unknown>[]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return ends.map((end) => (end as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

/**
 * Starts what has no configured address, all at once, and takes what runs for this home already: of a crashed process, or of one
 * that lives. Under a file lock, so that two starts at once share one set of engines. Throws EngineError with a remedy.
 */
export async function startEngines(config: Config, options: EngineOptions): Promise<Engines> {
  const home = config.lecternHome;
  const { progress } = options;
  const stay = randomUUID();
  return withRegistry(home, async (registry, save) => {
    const { databaseUrl, databaseOwnerUrl, temporalAddress, temporalNamespace, temporalCliPath, smtpUrl, catcherUrl } = config;
    registry.users = registry.users.filter(isAlive);
    try {
      const [database, temporal, mail] = await allOf([
        databaseUrl
          ? Promise.resolve({ databaseUrl, databaseOwnerUrl: databaseOwnerUrl ?? databaseUrl })
          : timed('Postgres', progress, () => startPostgres(home, registry, { durable: options.durable ?? true, save })),
        temporalAddress
          ? Promise.resolve({ temporalAddress })
          : timed('Temporal', progress, () =>
              startTemporal(home, registry, { namespace: temporalNamespace, cliPath: temporalCliPath, progress, save }),
            ),
        smtpUrl
          ? Promise.resolve({ smtpUrl, catcherUrl: catcherUrl ?? null })
          : timed('the mail catcher', progress, () => startCatcher(home, registry, { testRoutes: options.testRoutes ?? false, save })),
      ]);
      registry.users.push({ ...thisProcess(), stay });
      return {
        databaseUrl: database.databaseUrl,
        databaseOwnerUrl: database.databaseOwnerUrl,
        temporalAddress: temporal.temporalAddress,
        smtpUrl: mail.smtpUrl,
        catcherUrl: mail.catcherUrl,
        secret: secretOf(home, config.lecternSecret),
        stop: () => leave(home, stay),
      };
    } catch (error) {
      await stopUnused(registry);
      throw error;
    }
  });
}

function leave(home: string, stay: string): Promise<void> {
  return withRegistry(home, async (registry) => {
    registry.users = registry.users.filter((u) => isAlive(u) && u.stay !== stay);
    if (registry.server?.pid === process.pid) delete registry.server;
    await stopUnused(registry);
  });
}

async function stopUnused(registry: Registry): Promise<void> {
  if (registry.users.length === 0) await Promise.all([stopPostgres(registry), stopTemporal(registry), stopCatcher(registry)]);
}

/** Records where this process serves, so that commands and a second start find it. */
export const recordServer = (home: string, url: string): Promise<void> =>
  withRegistry(home, (registry) => {
    registry.server = { ...thisProcess(), url };
    return Promise.resolve();
  });

/** The URL of the Lectern that runs for this home; null when none does. */
export async function runningServer(home: string): Promise<string | null> {
  const { server } = readRegistry(home);
  if (!server || !isAlive(server)) return null;
  try {
    return (await fetch(`${server.url}/healthz`, { signal: AbortSignal.timeout(3_000) })).ok ? server.url : null;
  } catch {
    return null;
  }
}
