import { readFileSync } from 'node:fs';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Pool } from 'pg';
import { createMailPort } from '../../activities/providers/mail';
import { POOL_MAX, TUNING } from '../../runtime/worker';
import { createBareActivities, type BareDeps } from './activities';
import { BARE_QUEUE } from './contract';

/** The worker of the bare workflow: the tuning, pool and mail port of Lectern's. Says when it runs. */
async function main(): Promise<void> {
  const { BENCH_PLAN, BENCH_BUNDLE, DATABASE_URL, TEMPORAL_ADDRESS, SMTP_URL, CATCHER_URL } = process.env as Record<string, string>;
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
  const given = JSON.parse(readFileSync(BENCH_PLAN!, 'utf8')) as Omit<BareDeps, 'pool' | 'mail'>;
  const pool = new Pool({ connectionString: DATABASE_URL!, max: POOL_MAX });
  const mail = createMailPort({ smtpUrl: SMTP_URL!, from: 'Bench <bench@example.invalid>', catcherUrl: CATCHER_URL || null });
  const connection = await NativeConnection.connect({ address: TEMPORAL_ADDRESS! });
  const worker = await Worker.create({
    connection,
    taskQueue: BARE_QUEUE,
    workflowBundle: { codePath: BENCH_BUNDLE! },
    activities: createBareActivities({ ...given, pool, mail }),
    ...TUNING,
    shutdownGraceTime: '5s',
  });
  const running = worker.run();
  process.send!('runs');
  process.once('SIGTERM', () => worker.shutdown());
  await running;
  mail.close();
  await pool.end();
  await connection.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
