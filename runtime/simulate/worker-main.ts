import { loadConfig } from '../config';
import { createLogger } from '../logging';
import { startWorker } from '../worker';
import { dispatchUnclaimed } from './unclaimed';

/** The worker of `simulate --without-claims`: as `lectern worker`, but for messages that are sent before they are written down. */
async function main(): Promise<void> {
  const config = loadConfig();
  const { databaseUrl, temporalAddress, smtpUrl, catcherUrl, lecternSecret, publicUrl } = config;
  const addresses = {
    databaseUrl: databaseUrl!,
    temporalAddress: temporalAddress!,
    smtpUrl: smtpUrl!,
    catcherUrl: catcherUrl!,
    secret: lecternSecret!,
  };
  const logger = createLogger(config.logLevel, { process: 'worker without claims' });
  const worker = await startWorker(config, addresses, {
    publicUrl: publicUrl!,
    logger,
    dispatch: dispatchUnclaimed,
  });
  process.once('SIGTERM', () => void worker.stop());
  await worker.ended;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
