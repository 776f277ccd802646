import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { closeStreams, createApp, type ApiDeps, type TimelineListener } from '../api/app';
import { openDatabase } from '../db/database';
import { readClock } from '../db/outbox';
import { businessNow } from '../domain/clock';
import { Registry } from 'prom-client';
import type { Config } from './config';
import { gaugesOf } from './metrics/figures';
import { ListenError } from './listen-error';
import { listen } from './loops';
import { projectRoot } from './paths';
import { addressRuleOf } from './webhooks';
import { createRooms, type Addresses } from './wiring';

export interface RunningServer {
  url: string;
  stop(): Promise<void>;
}

/** Timeline notifications by organisation, for event streams. */
function timelineOf(databaseUrl: string, logger: Logger): ApiDeps['timeline'] & { stop(): Promise<void> } {
  const listeners = new Map<string, Set<TimelineListener>>();
  const listening = listen(
    databaseUrl,
    {
      lectern_timeline: (payload) => {
        const [organisationId, sessionId] = payload.split('/');
        if (sessionId) for (const listener of listeners.get(organisationId!) ?? []) listener({ sessionId });
      },
    },
    logger,
  );
  return {
    stop: listening.stop,
    subscribe: (organisationId, listener) => {
      const set = listeners.get(organisationId) ?? new Set();
      listeners.set(organisationId, set.add(listener));
      return () => void set.delete(listener);
    },
  };
}

async function temporalAnswers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2_000 });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

function listenOn(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(new ListenError(host, port, error));
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

/** Whether the configured port can be had, looked up before anything is started for its sake. Throws ListenError. */
export async function assertCanListen({ port, host }: Config): Promise<void> {
  const server = createServer();
  await listenOn(server, port, host);
  await new Promise((resolve) => server.close(resolve));
}

export interface ServerOptions {
  logger: Logger;
  /** Another port when the configured one is taken: for a server that lives as long as a command. */
  orAnyPort?: boolean;
}

/** The HTTP process: API, console, join page. Commands commit in Postgres; it never waits for Temporal. */
export async function startServer(config: Config, addresses: Addresses, { logger, orAnyPort = false }: ServerOptions): Promise<RunningServer> {
  const db = openDatabase({ url: addresses.databaseUrl, poolMax: 20, applicationName: 'lectern-server' });
  const clock = await readClock(db);
  const timeline = timelineOf(addresses.databaseUrl, logger);
  const consoleDir = path.join(projectRoot(), 'dist/console');
  let url = config.publicUrl ?? '';
  const rooms = createRooms(config, clock);
  const { livekitApiKey: apiKey, livekitApiSecret: apiSecret } = config;
  const deps: ApiDeps = {
    db,
    clock: () => new Date(businessNow(clock, Date.now())),
    businessAt: (realMs) => new Date(businessNow(clock, realMs)),
    wayIn: async (provider, room, participant) => (await rooms[provider]?.credential?.(room, participant)) ?? null,
    livekit: apiKey && apiSecret ? { apiKey, apiSecret } : null,
    secret: addresses.secret,
    publicUrl: () => url,
    webhookAddresses: addressRuleOf(config),
    metrics: async (figures) => ({ contentType: Registry.PROMETHEUS_CONTENT_TYPE, text: await gaugesOf([figures]).metrics() }),
    twilioAuthToken: config.twilioAuthToken ?? null,
    logger,
    timeline,
    consoleDir: existsSync(consoleDir) ? consoleDir : null,
    ready: async () => ({
      database: await db.crossing.raw('SELECT 1').then(
        () => true,
        () => false,
      ),
      temporal: await temporalAnswers(addresses.temporalAddress),
    }),
  };
  const server = createServer(createApp(deps));
  server.headersTimeout = 20_000;
  // Longer than callers and balancers keep an idle connection: the one that ends it must not be the one that is being written to.
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 60_000;
  try {
    await listenOn(server, config.port, config.host).catch((error: unknown) => {
      if (!orAnyPort) throw error;
      return listenOn(server, 0, config.host);
    });
  } catch (error) {
    await timeline.stop();
    await db.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const local = `http://${config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host}:${port}`;
  url ||= local;
  let isStopping = false;
  return {
    url,
    stop: async () => {
      if (isStopping) return;
      isStopping = true;
      closeStreams(deps);
      await timeline.stop();
      await new Promise<void>((resolve) => {
        // A connection that is kept alive is idle only once its request in hand is answered.
        const sweep = setInterval(() => server.closeIdleConnections(), 100);
        server.close(() => {
          clearInterval(sweep);
          resolve();
        });
        setTimeout(() => server.closeAllConnections(), 10_000).unref();
      });
      await db.close();
    },
  };
}
