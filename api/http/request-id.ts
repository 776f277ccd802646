import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';

const SANE = /^[A-Za-z0-9._-]{1,100}$/;
const ids = new WeakMap<Request, string>();

/** Takes the caller's x-request-id when it is sane, else makes one; echoes it. It goes into logs, so nothing else is let in. */
export const requestId: RequestHandler = (req, res, next) => {
  const given = req.get('x-request-id');
  const id = given !== undefined && SANE.test(given) ? given : randomUUID();
  ids.set(req, id);
  res.set('x-request-id', id);
  next();
};

export const requestIdOf = (req: Request): string => ids.get(req) ?? 'none';
