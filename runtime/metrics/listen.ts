import { createServer } from 'node:http';
import { Registry } from 'prom-client';
import type { Logger } from 'pino';
import { openDatabase, type Database } from '../../db/database';
import { figuresOf, type Figures } from '../../db/metrics';
import { organisationIds } from '../../db/organisations';
import { readClock } from '../../db/outbox';
import { businessNow } from '../../domain/clock';
import type { Config } from '../config';
import { ListenError } from '../listen-error';
import { gaugesOf } from './figures';
import { measureProcess } from './process';

async function everyFigure(db: Database, asOf: Date): Promise<Figures[]> {
  const all: Figures[] = [];
  for (const id of await organisationIds(db.crossing)) all.push(await db.inOrganisation(id, (tx) => figuresOf(tx, asOf)));
  return all;
}

/**
 * The numbers of the whole installation and of this process, on a port of their own without a key: METRICS_PORT is for a network that
 * only the one who scrapes is on. Null when it is not set.
 */
export async function startMetrics(config: Config, databaseUrl: string, logger: Logger): Promise<{ url: string; stop(): Promise<void> } | null> {
  const { metricsPort: port, metricsHost: host } = config;
  if (port === undefined) return null;
  const db = openDatabase({ url: databaseUrl, poolMax: 1, applicationName: 'lectern-metrics' });
  const clock = await readClock(db);
  const measured = measureProcess();
  const server = createServer((req, res) => {
    const answer = async (): Promise<void> => {
      if (req.url !== '/metrics') return void res.writeHead(404).end();
      const figures = gaugesOf(await everyFigure(db, new Date(businessNow(clock, Date.now()))));
      const text = await Registry.merge([figures, measured.registry]).metrics();
      res.writeHead(200, { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE }).end(text);
    };
    answer().catch((error: unknown) => {
      logger.error({ err: error }, 'a scrape could not be answered');
      res.writeHead(503).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new ListenError(host, port, error)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    url: `http://${host}:${typeof address === 'object' && address ? address.port : port}/metrics`,
    stop: async () => {
      measured.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await db.close();
    },
  };
}
