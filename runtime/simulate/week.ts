import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import knex from 'knex';
import { SYSTEM } from '../../commands/context';
import { createApiKey } from '../../commands/sign-in';
import { createSource } from '../../commands/sources';
import { loadConfig } from '../config';
import type { BusinessClock } from '../../domain/clock';
import { readRegistry } from '../engines/registry';
import { prepareGround, type Ground, type Progress } from '../ground';
import { defaultRulesFolder, readRuleFiles } from '../rule-files';
import { plainEnvironment, Processes } from './processes';
import { termsIn, type Terms } from './terms';
import { HOUR, SECOND, type Timing } from './timing';
import type { Doors } from './world';

/** An installation for one week: engines, worker and server of its own, on a fast business clock, with the shipped rules as they are. */
export interface Week {
  ground: Ground;
  processes: Processes;
  doors: Doors;
  catcherUrl: string;
  client: Client;
  terms: Terms;
  /** Everybody is enrolled: from here on the business clock runs as fast as the week is to pass. */
  begin(): Promise<void>;
  stop(): Promise<void>;
}

export interface WeekOptions {
  /** A folder of the week's own, which goes with it. */
  home: string;
  timing: Timing;
  withoutClaims: boolean;
  progress: Progress;
  signal: AbortSignal;
}

/** A folder for a week. Open to the user that Postgres runs under as root, so that its data lie inside and go with it. */
export function newWeekHome(): string {
  const home = mkdtempSync(path.join(os.tmpdir(), 'lectern-week-'));
  chmodSync(home, 0o755);
  return home;
}

/** Nothing of a week is left. Safe to repeat. */
export function removeWeekHome(home: string): void {
  const { postgresHome } = readRegistry(home);
  for (const folder of [postgresHome, home]) if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function doorsOf({ db, first, engines }: Ground, url: string): Promise<Doors> {
  const { organisationId } = first;
  const key = async (name: string, roles: readonly ('admin' | 'coordinator' | 'integrator')[]): Promise<string> =>
    (await db.inOrganisation(organisationId, (tx) => createApiKey(tx, { organisationId, name, roles, now: new Date() }))).key;
  const keys = { desk: await key('Desk', ['coordinator']), integrator: await key('Calendar', ['integrator']) };
  const name = 'rooms';
  const { secret } = await createSource({ db, organisationId, principal: SYSTEM, requestId: null, secret: engines.secret }, name);
  return { url, keys, source: { name, secret } };
}

async function setClock({ clock, engines }: Ground, next: BusinessClock): Promise<void> {
  const owner = knex({ client: 'pg', connection: engines.databaseOwnerUrl, pool: { min: 0, max: 1 } });
  try {
    const [real, business] = [new Date(next.originRealMs), new Date(next.originBusinessMs)];
    await owner('installation').update({ clock_origin_real: real, clock_origin_business: business, clock_rate: next.rate });
  } finally {
    await owner.destroy();
  }
  Object.assign(clock, next);
}

/**
 * Worker and server rest on the clock that they start with, and how long they take is the machine's: the clock is set so that the week
 * begins after that, and set again where it had begun without them.
 */
async function beginWeek(ground: Ground, processes: Processes, { client, timing }: { client: Client; timing: Timing }): Promise<void> {
  const { fromMs, rate } = timing;
  for (let leadMs = 8 * SECOND; ; leadMs *= 2) {
    await processes.stop();
    await setClock(ground, { originRealMs: Date.now(), originBusinessMs: fromMs - leadMs * rate, rate });
    await processes.start('server');
    await processes.start('worker');
    await Promise.all([processes.untilBack('server', client), processes.untilBack('worker', client)]);
    if (+ground.now() <= fromMs) return;
  }
}

/**
 * Starts engines and server, on a clock that runs as ours does; what was started is stopped again when something fails. The mail
 * catcher is one that can be told to fail.
 */
export async function startWeek({ home, timing, withoutClaims, progress, signal }: WeekOptions): Promise<Week> {
  const config = loadConfig({
    ...plainEnvironment(),
    NODE_ENV: 'test',
    LECTERN_HOME: home,
    CLOCK_ORIGIN: new Date(timing.fromMs - HOUR).toISOString(),
  });
  const undo: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    const ground = await prepareGround(config, progress, signal);
    undo.push(() => ground.stop());
    const processes = new Processes(home, ground.engines, withoutClaims ? ['simulate/worker-main.js'] : undefined);
    undo.push(() => processes.stop());
    await processes.start('server');
    await processes.untilServed();
    const connection = await Connection.connect({ address: ground.engines.temporalAddress });
    undo.push(() => connection.close());
    const client = new Client({ connection });
    return {
      ground,
      processes,
      doors: await doorsOf(ground, processes.url),
      catcherUrl: ground.engines.catcherUrl!,
      client,
      terms: termsIn(readRuleFiles(defaultRulesFolder()).policies),
      begin: () => beginWeek(ground, processes, { client, timing }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
