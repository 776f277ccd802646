import type { Logger } from 'pino';
import type { Config } from '../config';
import { ConfigError, describeConfig } from '../config';
import { createLogger } from '../logging';
import { startServer } from '../server';
import { startWorker } from '../worker';
import type { Addresses } from '../wiring';

/** A process of its own does not start engines: everything it needs is named. */
function addressesOf(config: Config): Addresses {
  const { databaseUrl, temporalAddress, smtpUrl, lecternSecret } = config;
  const missing = Object.entries({ DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress, SMTP_URL: smtpUrl, LECTERN_SECRET: lecternSecret })
    .filter(([, v]) => !v)
    .map(([k]) => k);
  if (missing.length > 0)
    throw new ConfigError(
      `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set; a worker or server of its own needs them all (docs/operations.md)`,
      missing,
    );
  return {
    databaseUrl: databaseUrl!,
    temporalAddress: temporalAddress!,
    smtpUrl: smtpUrl!,
    catcherUrl: config.catcherUrl ?? null,
    secret: lecternSecret!,
  };
}

async function untilStopped(logger: Logger, running: { ended?: Promise<void>; stop(): Promise<void> }): Promise<number> {
  const signalled = new Promise<'signal'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('signal'));
  });
  const end = await Promise.race([signalled, ...(running.ended ? [running.ended.then(() => 'ended' as const)] : [])]);
  logger.info({ end }, 'stopping');
  await running.stop();
  return end === 'signal' ? 0 : 1;
}

export async function runWorker(config: Config): Promise<number> {
  const addresses = addressesOf(config);
  if (!config.publicUrl) throw new ConfigError('PUBLIC_URL is not set; join links in messages begin with it', ['PUBLIC_URL']);
  const logger = createLogger(config.logLevel, { process: 'worker' });
  logger.info({ config: describeConfig(config) }, 'starting');
  const worker = await startWorker(config, addresses, { publicUrl: config.publicUrl, logger });
  logger.info('the worker runs');
  return untilStopped(logger, worker);
}

export async function runServer(config: Config): Promise<number> {
  const logger = createLogger(config.logLevel, { process: 'server' });
  logger.info({ config: describeConfig(config) }, 'starting');
  const server = await startServer(config, addressesOf(config), { logger });
  logger.info({ url: server.url }, 'the server listens');
  return untilStopped(logger, server);
}
