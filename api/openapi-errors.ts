import { ERRORS, type ErrorCode } from '../domain/errors';
import type { Route, StreamRoute } from './route';

/** The errors that a route may answer with: its own, and those that follow from what it takes. */
export function errorsOf(route: Route | StreamRoute): { code: ErrorCode; status: number }[] {
  const codes = new Set<ErrorCode>(['unauthenticated', 'forbidden', 'invalid-request', 'not-found', 'method-not-allowed', 'internal', 'unavailable']);
  if (!('stream' in route)) codes.add('not-acceptable');
  if (route.body) for (const code of ['malformed-json', 'body-too-large', 'unsupported-media-type'] as const) codes.add(code);
  if (route.method === 'post') for (const code of ['idempotency-conflict', 'in-flight'] as const) codes.add(code);
  for (const code of route.errors ?? []) codes.add(code);
  return [...codes].map((code) => ({ code, status: ERRORS[code].status }));
}
