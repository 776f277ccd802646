import type { Express } from 'express';
import { figuresOf } from '../../db/metrics';
import { authenticate, requireRole } from '../auth/authenticate';
import type { ApiDeps } from '../deps';
import { otherMethods } from '../mount';

/** The numbers of the caller's organisation, as Prometheus reads them; behind a key like all that an organisation is told. */
export function mountMetrics(app: Express, deps: ApiDeps): void {
  app.get('/metrics', async (req, res) => {
    const { organisationId, principal } = await authenticate(deps, req);
    requireRole(principal, ['admin', 'coordinator', 'integrator']);
    const figures = await deps.db.inOrganisation(organisationId, (tx) => figuresOf(tx, deps.clock()));
    const { contentType, text } = await deps.metrics(figures);
    res.set('cache-control', 'no-store').type(contentType).send(text);
  });
  app.all('/metrics', otherMethods(['GET']));
}
