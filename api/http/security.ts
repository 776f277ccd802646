import type { RequestHandler } from 'express';
import type { ApiDeps } from '../deps';

/** The web app's component library injects style elements, hence 'unsafe-inline' for styles alone. */
const POLICY = {
  'default-src': "'self'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
  'connect-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
  'form-action': "'self'",
};

export const contentSecurityPolicy = (changes: Partial<typeof POLICY> = {}): string =>
  Object.entries({ ...POLICY, ...changes })
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');

/** Headers of every answer. `same-origin` as referrer policy, because `no-referrer` makes browsers send `Origin: null` with forms. */
export function securityHeaders(deps: ApiDeps): RequestHandler {
  const policy = contentSecurityPolicy();
  return (_req, res, next) => {
    res.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    });
    if (deps.publicUrl().startsWith('https:')) res.set('strict-transport-security', 'max-age=31536000');
    next();
  };
}
