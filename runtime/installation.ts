import { openSync } from 'node:fs';
import { describeConfig, type Config } from './config';
import { recordServer, runningServer } from './engines/server-claim';
import { prepareGround, type Ground, type Progress } from './ground';
import { createLogger } from './logging';
import { startMetrics } from './metrics/listen';
import type { RunningServer } from './server';

/** A running Lectern that this process may talk to: its own, or one that was found. */
export interface Installation extends Ground {
  url: string;
  /** False when another process serves and works. */
  isOurs: boolean;
  /** Settles when the worker of this process ends by itself. */
  ended: Promise<void>;
}

export interface OpenOptions {
  /** Ends what is under way, which then leaves nothing running. */
  signal?: AbortSignal | undefined;
  /** This process serves its home for others too: they find it, and its port is the configured one and no other. Default false. */
  serves?: boolean;
  /** Where the log goes, so that a terminal shows what its reader asked for. Default: standard error. */
  logFile?: string;
}

/** A whole Lectern: the one that runs for this home, or one for as long as this process needs it. */
export async function openInstallation(
  config: Config,
  progress: Progress,
  { signal, serves = false, logFile }: OpenOptions = {},
): Promise<Installation> {
  const running = await runningServer(config.lecternHome);
  const ground = await prepareGround(config, progress, signal);
  if (running) return { ...ground, url: running, isOurs: false, ended: new Promise(() => undefined) };
  const logger = createLogger(config.logLevel, { process: 'lectern' }, logFile === undefined ? undefined : openSync(logFile, 'a'));
  logger.debug({ config: describeConfig(config) }, 'starting');
  const started = Date.now();
  let server: RunningServer | undefined;
  try {
    // Most commands find a Lectern that runs, and need not wait until all of it is loaded.
    const [{ startServer }, { startWorker }] = await Promise.all([import('./server.js'), import('./worker.js')]);
    server = await startServer(config, ground.engines, { logger, orAnyPort: !serves });
    signal?.throwIfAborted();
    const worker = await startWorker(config, ground.engines, { publicUrl: server.url, logger });
    const { url, stop: stopServer } = server;
    const stop = async (): Promise<void> => {
      await metrics?.stop();
      await stopServer();
      await worker.stop();
      await ground.stop();
    };
    const metrics = serves ? await startMetrics(config, ground.engines.databaseUrl, logger) : null;
    if (metrics) progress(`metrics are served at ${metrics.url}`);
    if (serves) await recordServer(config.lecternHome, url);
    progress(`server and worker are up (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return { ...ground, url, isOurs: true, ended: worker.ended, stop };
  } catch (error) {
    await server?.stop();
    await ground.stop();
    throw error;
  }
}
