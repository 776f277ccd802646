import type { Express, Request, RequestHandler, Response } from 'express';
import type { Context } from '../commands/context';
import { LecternError, notFound } from '../domain/errors';
import { hashOf } from '../domain/ids';
import type { ApiDeps } from './deps';
import { authenticate, requireRole, scopeOf } from './auth/authenticate';
import { readJson } from './http/body';
import { errorBody, invalidRequest, toLecternError } from './http/errors';
import { readQuery } from './http/query';
import { requestIdOf } from './http/request-id';
import { sendJson } from './http/send';
import { checkKey, once } from './idempotency';
import { errorsOf } from './openapi-errors';
import type { Call, Reply, Route, StreamRoute } from './route';
import { noQuery } from './schemas/common';

export const BODY_LIMIT_BYTES = 1024 * 1024;

/** Who asks, whether they may, and what they say: in this order, so that strangers learn nothing and cost little. */
async function callOf(deps: ApiDeps, route: Route | StreamRoute, req: Request, res: Response): Promise<Call> {
  const caller = await authenticate(deps, req);
  requireRole(caller.principal, route.roles);
  const params = readParams(route, req);
  const query = (route.query ?? noQuery).safeParse(readQuery(req.originalUrl, route.query ?? noQuery));
  if (!query.success) throw invalidRequest(query.error);
  let body: unknown;
  if (route.body) {
    const parsed = route.body.safeParse(await readJson(req, res, route.bodyLimitBytes ?? BODY_LIMIT_BYTES));
    if (!parsed.success) throw invalidRequest(parsed.error);
    body = parsed.data;
  }
  const { organisationId, principal } = caller;
  const ctx: Context = { db: deps.db, organisationId, principal, asOf: deps.clock(), requestId: requestIdOf(req), secret: deps.secret };
  return { params, query: query.data, body, ctx, scope: scopeOf(principal), deps, read: (work) => deps.db.inOrganisation(organisationId, work) };
}

/** An id that is none names nothing, so the answer is the same as for one that does not exist. */
function readParams(route: Route | StreamRoute, req: Request): Record<string, unknown> {
  const parsed = route.params?.safeParse(req.params);
  if (!parsed || parsed.success) return parsed?.data ?? {};
  const path = String(parsed.error.issues[0]?.path[0] ?? 'id');
  throw notFound(route.what ?? 'item', String(req.params[path]).slice(0, 60));
}

async function act(route: Route, call: Call, req: Request): Promise<Reply & { replayed?: boolean }> {
  const key = req.get('idempotency-key');
  if (key === undefined || route.method !== 'post') return route.handle(call);
  checkKey(key);
  if (route.keepsKey && !route.keepsKey(call)) return route.handle(call);
  return once({
    db: call.deps.db,
    key: { organisationId: call.ctx.organisationId, principalId: call.ctx.principal.id, route: `${route.method} ${route.path}`, key },
    bodyHash: hashOf([call.params, call.query, call.body ?? null]),
    work: (db) => route.handle({ ...call, ctx: { ...call.ctx, db } }),
    recover: (committed) => route.recover?.(committed) ?? null,
    refusal: (error) => {
      const known = toLecternError(error);
      const isFinal = known.status < 500 && known.code !== 'in-flight';
      return isFinal ? { status: known.status, body: errorBody(req, known) } : undefined;
    },
  });
}

function checkReply(route: Route, { status, body }: Reply): void {
  const documented = route.responses[status];
  const isKnownError = errorsOf(route).some((error) => error.status === status);
  if (!documented && !isKnownError) throw new Error(`${route.method} ${route.path} answered ${status}, which is not documented.`);
  if (documented?.schema) documented.schema.parse(JSON.parse(JSON.stringify(body)));
}

const handlerOf =
  (deps: ApiDeps, route: Route): RequestHandler =>
  async (req, res) => {
    if (!req.accepts('json')) throw new LecternError('not-acceptable', 'This address answers in application/json only.');
    const call = await callOf(deps, route, req, res);
    const reply = await act(route, call, req);
    if (deps.checkReplies) checkReplyLoudly(route, reply);
    res.status(reply.status).set('cache-control', 'no-store');
    if (reply.location !== undefined) res.location(reply.location);
    if (reply.replayed) res.set('idempotency-replayed', 'true');
    await sendJson(req, res, reply.body);
  };

/** A ZodError here is our fault and must not read as the caller's. */
function checkReplyLoudly(route: Route, reply: Reply): void {
  try {
    checkReply(route, reply);
  } catch (error) {
    throw new Error(`The reply of ${route.method} ${route.path} breaks its schema: ${String(error)}`, { cause: error });
  }
}

const streamHandlerOf =
  (deps: ApiDeps, route: StreamRoute): RequestHandler =>
  async (req, res) => {
    if (req.method === 'HEAD') throw new LecternError('method-not-allowed', 'A stream has no HEAD.');
    await route.stream(await callOf(deps, route, req, res), req, res);
  };

export const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/**
 * Mounts the routes, address by address, each followed by its 405. Addresses without an id come first: /v1/rules/check is
 * never read as the rule set called "check", whatever the method. `mountedBefore`: methods that others mounted.
 */
export function mountRoutes(app: Express, deps: ApiDeps, routes: readonly (Route | StreamRoute)[], mountedBefore: Record<string, string[]>): void {
  const isFixed = (path: string): number => (path.includes('{') ? 1 : 0);
  const paths = [...new Set(routes.map((r) => r.path))].sort((a, b) => isFixed(a) - isFixed(b));
  for (const path of paths) {
    const here = routes.filter((r) => r.path === path);
    const at = expressPath(path);
    for (const route of here) app[route.method](at, 'stream' in route ? streamHandlerOf(deps, route) : handlerOf(deps, route));
    app.all(at, otherMethods([...(mountedBefore[at] ?? []), ...here.map((r) => r.method.toUpperCase())]));
  }
}

/** Answers OPTIONS, and any method that an address does not take. */
export function otherMethods(allowed: readonly string[]): RequestHandler {
  const allow = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (req, res) => {
    res.set('allow', allow);
    if (req.method === 'OPTIONS') res.status(204).end();
    else throw new LecternError('method-not-allowed', `This address does not take ${req.method}.`);
  };
}
