import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities, createDraftingActivities, type Activities } from '../activities';
import type { ActivityDeps } from '../activities/deps';
import type { Dispatch } from '../activities/dispatch';
import { openDatabase } from '../db/database';
import { readClock } from '../db/outbox';
import { DRAFTING_TASK_QUEUE, TASK_QUEUE } from '../workflows/session/contract';
import { startBacktests } from './backtest/serve';
import type { Config } from './config';
import { discreetActivities } from './discreet';
import { HOUSEKEEPING_MS, keepHouse, startBrake, startRuleClock } from './housekeeping';
import { listen, startLoop } from './loops';
import { projectRoot } from './paths';
import { followAllClocks } from './clocks';
import { applyInbox, reconcile, relayWakes } from './relay';
import { reconcileSchedules, relayAdoptions, relaySeries } from './series-relay';
import { startShadowing } from './shadow/run';
import { CALENDAR_MS, followCalendar, relayRuns } from './automations';
import { addressRuleOf, startWebhooks } from './webhooks';
import { createActivityDeps, type Addresses } from './wiring';

export interface RunningWorker {
  /** Settles when the worker ends by itself, which it should not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** How much a worker takes on at once; the bench gives its bare worker the same. */
export const TUNING = {
  maxCachedWorkflows: 500,
  maxConcurrentActivityTaskExecutions: 40,
  maxConcurrentLocalActivityExecutions: 40,
  maxConcurrentWorkflowTaskExecutions: 40,
} as const;
export const POOL_MAX = 24;

let isRuntimeInstalled = false;

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/**
 * The SDK's own log lines go to ours, one way out for all. Those of its native part as well: by itself it writes them to standard output,
 * into the one document of a `--json`.
 */
function installRuntime(logger: Logger): void {
  if (isRuntimeInstalled) return;
  isRuntimeInstalled = true;
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => logger[LEVELS[level]]({ ...meta, source: 'temporal' }, message)),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
}

/** One worker for workflows and what they do, one for drafting, so that a model that hangs keeps only drafts waiting. */
function createWorkers(
  config: Config,
  connection: NativeConnection,
  { deps, activities, dispatch }: { deps: ActivityDeps; activities: Activities; dispatch: Dispatch | undefined },
): Promise<Worker[]> {
  const shared: Pick<WorkerOptions, 'connection' | 'namespace' | 'interceptors' | 'shutdownGraceTime' | 'shutdownForceTime'> = {
    connection,
    namespace: config.temporalNamespace,
    interceptors: { activity: [discreetActivities(deps.logger)] },
    shutdownGraceTime: '15s',
    shutdownForceTime: '25s',
  };
  return Promise.all([
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUE,
      workflowBundle: { codePath: path.join(projectRoot(), 'dist/workflows.bundle.js') },
      activities,
      ...TUNING,
    }),
    Worker.create({
      ...shared,
      taskQueue: DRAFTING_TASK_QUEUE,
      activities: createDraftingActivities(deps, dispatch),
      maxConcurrentActivityTaskExecutions: config.draftsAtOnce,
    }),
  ]);
}

export interface WorkerParts {
  publicUrl: string;
  logger: Logger;
  /** How messages leave; another way than Lectern's own only to show what would come of it. */
  dispatch?: Dispatch;
}

/** The worker process: workflows and activities, and the loops beside them (relay, inbox, reconciler with watchdog, housekeeping). */
export async function startWorker(config: Config, addresses: Addresses, { publicUrl, logger, dispatch }: WorkerParts): Promise<RunningWorker> {
  installRuntime(logger);
  const db = openDatabase({ url: addresses.databaseUrl, poolMax: POOL_MAX, applicationName: 'lectern-worker' });
  const clock = await readClock(db);
  const connection = await NativeConnection.connect({ address: addresses.temporalAddress });
  const clientConnection = await Connection.connect({ address: addresses.temporalAddress });
  const client = new Client({ connection: clientConnection, namespace: config.temporalNamespace });
  const deps = createActivityDeps(config, addresses, { db, clock, publicUrl, logger });
  const workers = await createWorkers(config, connection, { deps, activities: createActivities(deps, dispatch), dispatch });
  const relay = { db, client, clock, secret: addresses.secret, logger };
  const loops = {
    wakes: startLoop('relay', 1_000, logger, () => relayWakes(relay)),
    inbox: startLoop('inbox', 1_000, logger, () => applyInbox(relay)),
    reconciler: startLoop('reconciler', 60_000, logger, () => reconcile(relay)),
    series: startLoop('series', 1_000, logger, () => relaySeries(relay)),
    adoptions: startLoop('adoptions', 1_000, logger, () => relayAdoptions(relay)),
    schedules: startLoop('schedules', 15_000, logger, () => reconcileSchedules(relay)),
    clocks: startLoop('clocks', HOUSEKEEPING_MS, logger, () => followAllClocks(relay)),
    housekeeping: startLoop('housekeeping', HOUSEKEEPING_MS, logger, () => keepHouse(relay)),
    brake: startBrake(relay, logger),
    rules: startRuleClock(relay, logger),
    shadow: startShadowing({ ...relay, databaseUrl: addresses.databaseUrl }, logger),
    backtests: startBacktests({ ...relay, databaseUrl: addresses.databaseUrl }, logger),
    automations: startLoop('automations', 1_000, logger, () => relayRuns(relay)),
    calendar: startLoop('automation calendar', CALENDAR_MS, logger, () => followCalendar(relay)),
    webhooks: startWebhooks(relay, addressRuleOf(config)),
  };
  const listening = listen(
    addresses.databaseUrl,
    { lectern_outbox: loops.wakes.poke, lectern_inbox: loops.inbox.poke, lectern_series: loops.series.poke },
    logger,
  );
  const runs = workers.map((w) => w.run());
  let isStopping = false;
  return {
    ended: Promise.all(runs).then(() => undefined),
    stop: async () => {
      if (isStopping) return;
      isStopping = true;
      await Promise.all([listening.stop(), ...Object.values(loops).map((l) => l.stop())]);
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled(runs);
      await clientConnection.close();
      await connection.close();
      deps.close();
      await db.close();
    },
  };
}
