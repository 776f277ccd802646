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
  /** Ends a start that is under way, which then leaves nothing running. */
  signal?: AbortSignal | undefined;
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
export function startEngines(config: Config, options: EngineOptions): Promise<Engines> {
  const home = config.lecternHome;
  const stay = randomUUID();
  const start = async (registry: Registry, save: () => void): Promise<Engines> => {
    registry.users = registry.users.filter(isAlive);
    try {
      const addresses = await startAll(config, options, { registry, save });
      options.signal?.throwIfAborted();
      registry.users.push({ ...thisProcess(), stay });
      return { ...addresses, secret: secretOf(home, config.lecternSecret), stop: () => leave(home, stay) };
    } catch (error) {
      await stopUnused(registry);
      throw error;
    }
  };
  return withRegistry(home, start, options.signal);
}

async function startAll(
  config: Config,
  { progress, durable = true, testRoutes = false, signal }: EngineOptions,
  { registry, save }: { registry: Registry; save: () => void },
): Promise<Omit<Engines, 'secret' | 'stop'>> {
  const { lecternHome: home, databaseUrl, databaseOwnerUrl, temporalAddress, temporalNamespace, temporalCliPath, smtpUrl, catcherUrl } = config;
  const temporalOptions = { namespace: temporalNamespace, cliPath: temporalCliPath, progress, save, signal };
  const [database, temporal, mail] = await allOf([
    databaseUrl
      ? Promise.resolve({ databaseUrl, databaseOwnerUrl: databaseOwnerUrl ?? databaseUrl })
      : timed('Postgres', progress, () => startPostgres(home, registry, { durable, save, signal })),
    temporalAddress ? Promise.resolve({ temporalAddress }) : timed('Temporal', progress, () => startTemporal(home, registry, temporalOptions)),
    smtpUrl
      ? Promise.resolve({ smtpUrl, catcherUrl: catcherUrl ?? null })
      : timed('the mail catcher', progress, () => startCatcher(home, registry, { testRoutes, save, signal })),
  ]);
  return {
    databaseUrl: database.databaseUrl,
    databaseOwnerUrl: database.databaseOwnerUrl,
    temporalAddress: temporal.temporalAddress,
    smtpUrl: mail.smtpUrl,
    catcherUrl: mail.catcherUrl,
  };
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

/**
 * Asks the engines to end without waiting for it, unless another process uses them: for one that has to end at once. What is not ended
 * so, the next start finds.
 */
export function abandonEngines(home: string): void {
  const registry = readRegistry(home);
  if (registry.users.some((user) => user.pid !== process.pid && isAlive(user))) return;
  for (const [engine, signal] of [
    [registry.postgres, 'SIGINT'],
    [registry.temporal, 'SIGTERM'],
    [registry.catcher, 'SIGTERM'],
  ] as const) {
    if (!engine || !isAlive(engine)) continue;
    try {
      process.kill(engine.pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}
