import type { Logger } from 'pino';
import type { Config } from '../config';
import { ConfigError, describeConfig } from '../config';
import { createLogger } from '../logging';
import { startMetrics } from '../metrics/listen';
import { startServer } from '../server';
import { startWorker } from '../worker';
import type { Addresses } from '../wiring';
import { Interrupted, interruptibly, unlessInterrupted } from './interrupt';

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

/** Runs a process until it is told to end, which it then does well, or until it ends by itself, which it should not. */
function untilStopped(logger: Logger, start: () => Promise<{ ended?: Promise<void>; stop(): Promise<void> }>): Promise<number> {
  const run = async (signal: AbortSignal): Promise<number> => {
    const running = await start();
    try {
      await unlessInterrupted(running.ended ?? new Promise<never>(() => undefined), signal);
      return 1;
    } catch (error) {
      if (error instanceof Interrupted) return 0;
      throw error;
    } finally {
      await running.stop();
    }
  };
  return interruptibly(null, run, (words) => logger.info(words));
}

/** The process with its numbers, where METRICS_PORT asks for them. */
async function measured<T extends { stop(): Promise<void> }>(
  config: Config,
  { databaseUrl }: Addresses,
  logger: Logger,
  start: () => Promise<T>,
): Promise<T> {
  const metrics = await startMetrics(config, databaseUrl, logger);
  if (metrics) logger.info({ url: metrics.url }, 'metrics are served');
  try {
    const running = await start();
    const { stop } = running;
    return Object.assign(running, { stop: () => Promise.all([stop(), metrics?.stop()]).then(() => undefined) });
  } catch (error) {
    await metrics?.stop();
    throw error;
  }
}

export async function runWorker(config: Config): Promise<number> {
  const addresses = addressesOf(config);
  const { publicUrl } = config;
  if (!publicUrl) throw new ConfigError('PUBLIC_URL is not set; join links in messages begin with it', ['PUBLIC_URL']);
  const logger = createLogger(config.logLevel, { process: 'worker' });
  logger.info({ config: describeConfig(config) }, 'starting');
  return untilStopped(logger, async () => {
    const worker = await measured(config, addresses, logger, () => startWorker(config, addresses, { publicUrl, logger }));
    logger.info('the worker runs');
    return worker;
  });
}

export async function runServer(config: Config): Promise<number> {
  const addresses = addressesOf(config);
  const logger = createLogger(config.logLevel, { process: 'server' });
  logger.info({ config: describeConfig(config) }, 'starting');
  return untilStopped(logger, async () => {
    const server = await measured(config, addresses, logger, () => startServer(config, addresses, { logger }));
    logger.info({ url: server.url }, 'the server listens');
    return server;
  });
}
