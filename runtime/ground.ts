import path from 'node:path';
import { openDatabase, type Database } from '../db/database';
import { readClock } from '../db/outbox';
import { businessNow, type BusinessClock } from '../domain/clock';
import type { Config } from './config';
import { startEngines, type Engines } from './engines/engines';
import { withFileLock } from './engines/file-lock';
import { migrate } from './migrate';
import { ensureOrganisation, type FirstStart } from './organisation';

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
