import type { Request, Response } from 'express';
import type { ApiDeps } from '../deps';

const isHttps = (deps: ApiDeps): boolean => deps.publicUrl().startsWith('https:');

/** `__Host-` binds the cookie to this very host; browsers take that name over https only. */
const cookieName = (deps: ApiDeps): string => (isHttps(deps) ? '__Host-lectern_login' : 'lectern_login');

export function readLogin(deps: ApiDeps, req: Request): string | undefined {
  const name = `${cookieName(deps)}=`;
  const found = (req.get('cookie') ?? '').split(/;\s*/).find((pair) => pair.startsWith(name));
  return found?.slice(name.length);
}

export function writeLogin(deps: ApiDeps, res: Response, login: string, expiresAt: Date): void {
  res.cookie(cookieName(deps), login, { httpOnly: true, sameSite: 'strict', secure: isHttps(deps), path: '/', expires: expiresAt });
}

export function clearLogin(deps: ApiDeps, res: Response): void {
  res.clearCookie(cookieName(deps), { httpOnly: true, sameSite: 'strict', secure: isHttps(deps), path: '/' });
}
