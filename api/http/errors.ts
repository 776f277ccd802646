import type { ErrorRequestHandler, Request, Response } from 'express';
import { z } from 'zod';
import { isPassing } from '../../db/database';
import { LecternError } from '../../domain/errors';
import type { ApiDeps } from '../deps';
import { requestIdOf } from './request-id';

/** Only what the catalogue knows reaches a caller; anything else is `internal`, its text stays in the log. */
export function toLecternError(error: unknown): LecternError {
  if (error instanceof LecternError) return error;
  if (error instanceof z.ZodError) return invalidRequest(error);
  if (error instanceof URIError) return new LecternError('not-found', 'The address is not well-formed.');
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return new LecternError('body-too-large', 'The body is larger than this address takes.');
  if (type === 'encoding.unsupported') return new LecternError('unsupported-media-type', 'Compressed bodies are not taken.');
  if (type === 'request.aborted' || type === 'request.size.invalid') return new LecternError('malformed-json', 'The body ended too early.');
  if (isPassing(error)) return new LecternError('unavailable', 'The database is not available at the moment.');
  return new LecternError('internal', 'Something went wrong on our side.');
}

/** Where a schema was broken. Values are not repeated: they may be personal. */
export function invalidRequest(error: z.ZodError): LecternError {
  const details = error.issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not known here' }))
        : [{ path: issue.path, message: issue.message }],
    )
    .slice(0, 50)
    .map(({ path, message }) => ({ path: path.map(String).join('.').slice(0, 200), message: message.slice(0, 300) }));
  const [first] = details;
  return new LecternError('invalid-request', first ? `${first.path || 'the request'}: ${first.message}` : 'The request is not valid.', details);
}

export function errorBody(req: Request, error: LecternError): object {
  const { code, message, remedy, details } = error;
  return { code, message, remedy, ...(details === undefined ? {} : { details }), requestId: requestIdOf(req) };
}

/** Logs and translates; the answer's shape is the caller's to choose (JSON or a page). */
export function reportError(deps: ApiDeps, req: Request, res: Response, error: unknown): LecternError {
  const known = toLecternError(error);
  if (known.status >= 500) deps.logger.error({ err: error, requestId: requestIdOf(req), code: known.code }, 'request failed');
  if (known.code === 'unavailable' || known.code === 'in-flight') res.set('retry-after', '2');
  if (known.status === 401) res.set('www-authenticate', 'Bearer realm="lectern"');
  return known;
}

/** The last resort. An answer that has begun cannot be mended: the connection is cut, so that nobody takes half for whole. */
export function lastResort(deps: ApiDeps): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const known = reportError(deps, req, res, error);
    if (res.headersSent) res.destroy();
    else res.status(known.status).set('cache-control', 'no-store').json(errorBody(req, known));
  };
}
