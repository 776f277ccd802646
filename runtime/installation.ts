import { openDatabase, type Database } from '../db/database';
import { readClock } from '../db/outbox';
import { businessNow, type BusinessClock } from '../domain/clock';
import type { Config } from './config';
import { runningServer, startEngines, recordServer, type Engines } from './engines/engines';
import { createLogger } from './logging';
import { migrate } from './migrate';
import { ensureOrganisation, type FirstStart } from './seed';
import { startServer } from './server';
import { startWorker } from './worker';

export type Progress = (line: string) => void;

/** A running Lectern that this process may talk to: its own, or one that was found. */
export interface Installation {
  url: string;
  engines: Engines;
  db: Database;
  clock: BusinessClock;
  now: () => Date;
  first: FirstStart;
  /** False when another process serves and works. */
  isOurs: boolean;
  /** Settles when the worker of this process ends by itself. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** Engines, schema and the organisation with its rules: what every command needs. */
export async function prepareGround(config: Config, progress: Progress): Promise<Omit<Installation, 'url' | 'isOurs' | 'ended'>> {
  const engines = await startEngines(config, { progress, durable: config.nodeEnv !== 'test', testRoutes: config.nodeEnv === 'test' });
  try {
    const applied = await migrate(engines.databaseOwnerUrl, config);
    if (applied.length > 0) progress(`the database has its schema (${applied.length} migration${applied.length === 1 ? '' : 's'})`);
    const db = openDatabase({ url: engines.databaseUrl, poolMax: 8, applicationName: 'lectern-cli' });
    const clock = await readClock(db);
    const now = (): Date => new Date(businessNow(clock, Date.now()));
    const first = await ensureOrganisation(db, engines.secret, now());
    const stop = async (): Promise<void> => {
      await db.close();
      await engines.stop();
    };
    return { engines, db, clock, now, first, stop };
  } catch (error) {
    await engines.stop();
    throw error;
  }
}

/** A whole Lectern: the one that runs for this home, or one for as long as this process needs it. */
export async function openInstallation(config: Config, progress: Progress): Promise<Installation> {
  const running = await runningServer(config.lecternHome);
  const ground = await prepareGround(config, progress);
  if (running) return { ...ground, url: running, isOurs: false, ended: new Promise(() => undefined) };
  const logger = createLogger(config.logLevel, { process: 'lectern' });
  const started = Date.now();
  const server = await startServer(config, ground.engines, logger);
  const worker = await startWorker(config, ground.engines, { publicUrl: server.url, logger });
  await recordServer(config.lecternHome, server.url);
  progress(`server and worker are up (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return {
    ...ground,
    url: server.url,
    isOurs: true,
    ended: worker.ended,
    stop: async () => {
      await server.stop();
      await worker.stop();
      await ground.stop();
    },
  };
}
