import type { RequestHandler } from 'express';
import type { ApiDeps } from '../deps';
import { requestIdOf } from './request-id';

/** One line a request. The route's pattern is logged, never the address: /j/ and /sign-in/ carry secrets in theirs. */
export function requestLog(deps: ApiDeps): RequestHandler {
  return (req, res, next) => {
    const started = process.hrtime.bigint();
    res.once('close', () => {
      const ms = Number(process.hrtime.bigint() - started) / 1e6;
      const route = (req.route as { path?: string } | undefined)?.path ?? '-';
      deps.logger.debug({ requestId: requestIdOf(req), method: req.method, route, status: res.statusCode, ms: Math.round(ms) }, 'request');
    });
    next();
  };
}
