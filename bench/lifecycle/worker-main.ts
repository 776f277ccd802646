import { loadConfig } from '../../runtime/config';
import { createLogger } from '../../runtime/logging';
import { startWorker } from '../../runtime/worker';

/** Lectern's worker as `lectern worker` runs it: workflows, activities, relay, inbox. Says when it runs. */
async function main(): Promise<void> {
  const config = loadConfig();
  const addresses = {
    databaseUrl: config.databaseUrl!,
    temporalAddress: config.temporalAddress!,
    smtpUrl: config.smtpUrl!,
    catcherUrl: config.catcherUrl ?? null,
    secret: config.lecternSecret!,
  };
  const worker = await startWorker(config, addresses, { publicUrl: config.publicUrl!, logger: createLogger(config.logLevel, { process: 'worker' }) });
  process.send!('runs');
  await new Promise((resolve) => process.once('SIGTERM', resolve));
  await worker.stop();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
