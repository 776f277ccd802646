import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { SYSTEM } from '../../commands/context';
import { createApiKey } from '../../commands/sign-in';
import { createSource } from '../../commands/sources';
import { loadConfig } from '../config';
import { readRegistry } from '../engines/registry';
import { prepareGround, type Ground, type Progress } from '../installation';
import { defaultRulesFolder, readRuleFiles } from '../rule-files';
import { plainEnvironment, Processes } from './processes';
import { termsIn, type Terms } from './terms';
import type { Timing } from './timing';
import type { Doors } from './world';

/** An installation for one week: engines, worker and server of its own, on a fast business clock, with the shipped rules as they are. */
export interface Week {
  ground: Ground;
  processes: Processes;
  doors: Doors;
  catcherUrl: string;
  client: Client;
  terms: Terms;
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

/** Starts everything; what was started is stopped again when something fails. The mail catcher is one that can be told to fail. */
export async function startWeek({ home, timing, withoutClaims, progress, signal }: WeekOptions): Promise<Week> {
  const config = loadConfig({
    ...plainEnvironment(),
    NODE_ENV: 'test',
    LECTERN_HOME: home,
    CLOCK_ORIGIN: new Date(timing.originMs).toISOString(),
    CLOCK_RATE: String(timing.rate),
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
    await processes.start('worker');
    await processes.untilServed();
    const connection = await Connection.connect({ address: ground.engines.temporalAddress });
    undo.push(() => connection.close());
    return {
      ground,
      processes,
      doors: await doorsOf(ground, processes.url),
      catcherUrl: ground.engines.catcherUrl!,
      client: new Client({ connection }),
      terms: termsIn(readRuleFiles(defaultRulesFolder()).policies),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
