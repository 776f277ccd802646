import express, { type Express } from 'express';
import { LecternError } from '../domain/errors';
import type { ApiDeps } from './deps';
import { lastResort } from './http/errors';
import { requestLog } from './http/log';
import { requestId } from './http/request-id';
import { securityHeaders } from './http/security';
import { mountRoutes, otherMethods } from './mount';
import { mountConsole } from './pages/console';
import { mountDocs } from './pages/docs';
import { mountMetrics } from './pages/metrics';
import { mountInstructorLinks } from './pages/instructor';
import { mountPlaceLinks } from './pages/place';
import { mountJoin } from './pages/join';
import { mountRoom } from './pages/room';
import { mountSignIn } from './pages/sign-in';
import { ROUTES } from './routes';
import { receiveLiveKit } from './webhooks/livekit';
import { receiveWebhook } from './webhooks/receive';
import { receiveSmsStatus, SMS_STATUS } from './webhooks/twilio';

export type { ApiDeps, TimelineListener } from './deps';
export { closeStreams } from './routes/stream';

/**
 * The HTTP side of Lectern, apart from listening. Whoever listens must call `closeStreams(deps)` before closing the server:
 * event streams would otherwise keep it open.
 */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Queries are read by http/query, which refuses what is given twice; forwarded headers are not trusted.
  app.set('query parser', false);
  app.set('trust proxy', false);
  app.use(requestId, securityHeaders(deps), requestLog(deps));

  mountHealth(app, deps);
  if (deps.livekit) app.post('/v1/inbound/livekit', receiveLiveKit(deps));
  mountMetrics(app, deps);
  app.post('/v1/inbound/:source', receiveWebhook(deps));
  app.post(SMS_STATUS, receiveSmsStatus(deps));
  app.all(SMS_STATUS, otherMethods(['POST']));
  mountRoutes(app, deps, ROUTES, { '/v1/inbound/:id': ['POST'] });
  mountJoin(app, deps);
  mountInstructorLinks(app, deps);
  mountPlaceLinks(app, deps);
  mountRoom(app);
  mountSignIn(app, deps);
  mountDocs(app);
  mountConsole(app, deps);

  app.use(() => {
    throw new LecternError('not-found', 'There is nothing at this address; /docs lists what there is.');
  });
  app.use(lastResort(deps));
  return app;
}

function mountHealth(app: Express, deps: ApiDeps): void {
  app.get('/healthz', (_req, res) => void res.set('cache-control', 'no-store').json({ status: 'ok' }));
  app.all('/healthz', otherMethods(['GET']));
  app.get('/readyz', async (_req, res) => {
    const checks = await deps.ready();
    if (!Object.values(checks).every(Boolean)) throw new LecternError('unavailable', 'Something that this process needs is away.', { checks });
    res.set('cache-control', 'no-store').json({ status: 'ready', checks });
  });
  app.all('/readyz', otherMethods(['GET']));
}
