import type { Request } from 'express';
import type { Principal } from '../../commands/context';
import { whoIs } from '../../commands/sign-in';
import type { Scope } from '../../db/read/scope';
import { LecternError } from '../../domain/errors';
import type { Role } from '../../domain/vocabulary';
import type { ApiDeps } from '../deps';
import { realNow } from '../real-time';
import { readLogin } from './cookie';
import { refuseOtherSites } from './same-origin';

export interface Caller {
  organisationId: string;
  principal: Principal;
  /** The key or login itself, for signing out and for looking again while a stream is open. */
  token: string;
  via: 'key' | 'login';
}

/** A bearer key or the cookie of a login. Errors: `unauthenticated`; `forbidden` for a write that another site sent. */
export async function authenticate(deps: ApiDeps, req: Request): Promise<Caller> {
  const header = req.get('authorization');
  const bearer = header === undefined ? undefined : /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(header)?.[1];
  if (header !== undefined && bearer === undefined) throw new LecternError('unauthenticated', 'The authorization header is not "Bearer <key>".');
  const token = bearer ?? readLogin(deps, req);
  if (token === undefined) throw new LecternError('unauthenticated', 'This address needs a key or a login.');
  const found = await whoIs(deps.db, token, realNow());
  // A login in the header, or a key in a cookie, would slip past the check that belongs to cookies.
  if (!found || (found.kind === 'key') !== (bearer !== undefined)) {
    throw new LecternError('unauthenticated', 'The key or login is unknown, expired or revoked.');
  }
  if (found.kind === 'login') refuseOtherSites(deps, req, 'must-say');
  return { organisationId: found.organisationId, principal: found.principal, token, via: found.kind };
}

export const hasRole = (principal: Principal, ...roles: readonly Role[]): boolean => roles.some((role) => principal.roles.includes(role));

export function requireRole(principal: Principal, roles: readonly Role[]): void {
  if (!hasRole(principal, ...roles)) throw new LecternError('forbidden', `This needs one of the roles ${roles.join(', ')}.`);
}

/** Staff and services see the organisation; an instructor sees what they take part in. */
export function scopeOf(principal: Principal): Scope {
  return {
    all: hasRole(principal, 'admin', 'coordinator', 'integrator'),
    personId: principal.personId ?? principal.id,
    principalId: principal.id,
  };
}

/** Held steps and transcripts are for staff; a service that sees every session does not see these. */
export const staffScopeOf = (principal: Principal): Scope => ({ ...scopeOf(principal), all: hasRole(principal, 'admin', 'coordinator') });
