import { openSync } from 'node:fs';
import path from 'node:path';
import { openDatabase, type Database } from '../db/database';
import { readClock } from '../db/outbox';
import { businessNow, type BusinessClock } from '../domain/clock';
import { describeConfig, type Config } from './config';
import { startEngines, type Engines } from './engines/engines';
import { withFileLock } from './engines/file-lock';
import { recordServer, runningServer } from './engines/server-claim';
import { createLogger } from './logging';
import { startMetrics } from './metrics/listen';
import { migrate } from './migrate';
import { ensureOrganisation, type FirstStart } from './organisation';
import { startServer, type RunningServer } from './server';
import { startWorker } from './worker';

export type Progress = (line: string) => void;

/** Engines, schema and the organisation with its rules. */
export interface Ground {
  engines: Engines;
  db: Database;
  clock: BusinessClock;
  now: () => Date;
  first: FirstStart;
  stop(): Promise<void>;
}

/** A running Lectern that this process may talk to: its own, or one that was found. */
export interface Installation extends Ground {
  url: string;
  /** False when another process serves and works. */
  isOurs: boolean;
  /** Settles when the worker of this process ends by itself. */
  ended: Promise<void>;
}

export interface OpenOptions {
  /** Ends what is under way, which then leaves nothing running. */
  signal?: AbortSignal | undefined;
  /** This process serves its home for others too: they find it, and its port is the configured one and no other. Default false. */
  serves?: boolean;
  /** Where the log goes, so that a terminal shows what its reader asked for. Default: standard error. */
  logFile?: string;
}

/** What every command needs. */
export async function prepareGround(config: Config, progress: Progress, signal?: AbortSignal): Promise<Ground> {
  const isTest = config.nodeEnv === 'test';
  const engines = await startEngines(config, { progress, durable: !isTest, testRoutes: isTest, signal });
  const opened: Database[] = [];
  const stop = async (): Promise<void> => {
    for (const db of opened) await db.close();
    await engines.stop();
  };
  // Two first commands at once make one organisation.
  const lay = async (): Promise<Omit<Ground, 'engines' | 'stop'>> => {
    // A database of yours is migrated by whoever holds the owner's role: `lectern migrate`, or a command that is given it.
    const isForeign = config.databaseUrl !== undefined && config.databaseOwnerUrl === undefined;
    const applied = isForeign ? [] : await migrate(engines.databaseOwnerUrl, config);
    if (applied.length > 0) progress(`the database has its schema (${applied.length} migration${applied.length === 1 ? '' : 's'})`);
    const db = openDatabase({ url: engines.databaseUrl, poolMax: 8, applicationName: 'lectern-cli' });
    opened.push(db);
    const clock = await readClock(db);
    const now = (): Date => new Date(businessNow(clock, Date.now()));
    signal?.throwIfAborted();
    const first = await ensureOrganisation(db, engines.secret, now());
    signal?.throwIfAborted();
    return { db, clock, now, first };
  };
  try {
    return { ...(await withFileLock(path.join(config.lecternHome, 'ground.lock'), lay, signal)), engines, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A whole Lectern: the one that runs for this home, or one for as long as this process needs it. */
export async function openInstallation(
  config: Config,
  progress: Progress,
  { signal, serves = false, logFile }: OpenOptions = {},
): Promise<Installation> {
  const running = await runningServer(config.lecternHome);
  const ground = await prepareGround(config, progress, signal);
  if (running) return { ...ground, url: running, isOurs: false, ended: new Promise(() => undefined) };
  const logger = createLogger(config.logLevel, { process: 'lectern' }, logFile === undefined ? undefined : openSync(logFile, 'a'));
  logger.debug({ config: describeConfig(config) }, 'starting');
  const started = Date.now();
  let server: RunningServer | undefined;
  try {
    server = await startServer(config, ground.engines, { logger, orAnyPort: !serves });
    signal?.throwIfAborted();
    const worker = await startWorker(config, ground.engines, { publicUrl: server.url, logger });
    const { url, stop: stopServer } = server;
    const stop = async (): Promise<void> => {
      await metrics?.stop();
      await stopServer();
      await worker.stop();
      await ground.stop();
    };
    const metrics = serves ? await startMetrics(config, ground.engines.databaseUrl, logger) : null;
    if (metrics) progress(`metrics are served at ${metrics.url}`);
    if (serves) await recordServer(config.lecternHome, url);
    progress(`server and worker are up (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return { ...ground, url, isOurs: true, ended: worker.ended, stop };
  } catch (error) {
    await server?.stop();
    await ground.stop();
    throw error;
  }
}
