import { randomUUID } from 'node:crypto';
import type { Config } from '../config';
import { startCatcher, stopCatcher } from './catcher';
import { startPostgres, stopPostgres } from './postgres';
import { isAlive, thisProcess } from './process';
import { readRegistry, secretOf, withRegistry, writeRegistry, type Registry } from './registry';
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

/** Does a start under the lock of this home, as one more of those who use its engines. */
function enter<T extends object>(
  { lecternHome: home }: Config,
  signal: AbortSignal | undefined,
  start: (at: { registry: Registry; save: () => void }) => Promise<T>,
): Promise<T & { stop(): Promise<void> }> {
  const stay = randomUUID();
  const entered = async (registry: Registry, save: () => void): Promise<T & { stop(): Promise<void> }> => {
    registry.users = registry.users.filter(isAlive);
    try {
      const started = await start({ registry, save });
      signal?.throwIfAborted();
      registry.users.push({ ...thisProcess(), stay });
      return { ...started, stop: () => leave(home, stay) };
    } catch (error) {
      await stopUnused(registry, save);
      throw error;
    }
  };
  return withRegistry(home, entered, signal);
}

/**
 * Starts what has no configured address, all at once, and takes what runs for this home already: of a crashed process, or of one
 * that lives. Under a file lock, so that two starts at once share one set of engines. Throws EngineError with a remedy.
 */
export const startEngines = (config: Config, options: EngineOptions): Promise<Engines> =>
  enter(config, options.signal, async (at) => ({
    ...(await startAll(config, options, at)),
    secret: secretOf(config.lecternHome, config.lecternSecret),
  }));

/** The database alone, for what only reads it: the configured one, the one that runs, or this home's for as long as it is read. */
export const startDatabase = (config: Config, options: EngineOptions): Promise<Pick<Engines, 'databaseUrl' | 'stop'>> =>
  enter(config, options.signal, ({ registry, save }) => startDatabaseOf(config, options, { registry, save }));

type Addresses = Pick<Engines, 'databaseUrl' | 'databaseOwnerUrl'>;
async function startDatabaseOf(
  { lecternHome: home, databaseUrl, databaseOwnerUrl }: Config,
  { progress, durable = true, signal }: EngineOptions,
  { registry, save }: { registry: Registry; save: () => void },
): Promise<Addresses> {
  if (databaseUrl) return { databaseUrl, databaseOwnerUrl: databaseOwnerUrl ?? databaseUrl };
  return timed('Postgres', progress, () => startPostgres(home, registry, { durable, save, signal }));
}

async function startAll(
  config: Config,
  options: EngineOptions,
  { registry, save }: { registry: Registry; save: () => void },
): Promise<Omit<Engines, 'secret' | 'stop'>> {
  const { progress, testRoutes = false, signal } = options;
  const { lecternHome: home, temporalAddress, temporalNamespace, temporalCliPath, smtpUrl, catcherUrl } = config;
  const temporalOptions = { namespace: temporalNamespace, cliPath: temporalCliPath, progress, save, signal };
  const [database, temporal, mail] = await allOf([
    startDatabaseOf(config, options, { registry, save }),
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
  return withRegistry(home, async (registry, save) => {
    registry.users = registry.users.filter((u) => isAlive(u) && u.stay !== stay);
    if (registry.server?.pid === process.pid) delete registry.server;
    await stopUnused(registry, save);
  });
}

async function stopUnused(registry: Registry, save: () => void): Promise<void> {
  if (registry.users.length === 0) await Promise.all([stopPostgres(registry), stopTemporal(registry, save), stopCatcher(registry)]);
}

/**
 * Asks the engines to end without waiting for it, unless another process uses them: for one that has to end at once. What is not ended
 * so, the next start finds.
 */
export function abandonEngines(home: string): void {
  const registry = readRegistry(home);
  if (registry.users.some((user) => user.pid !== process.pid && isAlive(user))) return;
  if (registry.temporal) {
    registry.temporal.isEnding = true;
    writeRegistry(home, registry);
  }
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
