import type { Request } from 'express';
import { LecternError } from '../../domain/errors';
import type { ApiDeps } from '../deps';

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);

/**
 * Refuses a write that a page of another site made the browser send. Browsers say where a write comes from (Sec-Fetch-Site,
 * Origin); where a cookie authenticates, one that says nothing is refused too.
 */
export function refuseOtherSites(deps: ApiDeps, req: Request, silence: 'must-say' | 'may-be-silent'): void {
  if (req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS') return;
  const refused = new LecternError('forbidden', 'This request came from another site.');
  const site = req.get('sec-fetch-site');
  if (site !== undefined) {
    if (site === 'same-origin') return;
    throw refused;
  }
  const origin = req.get('origin');
  if (origin === undefined) {
    if (silence === 'may-be-silent') return;
    throw new LecternError('forbidden', 'A write with a login must say where it comes from: send the Origin header, or use a key.');
  }
  // The Host that the browser asked for counts too: people reach one installation by several names.
  const own = [originOf(deps.publicUrl()), originOf(`http://${req.get('host')}`), originOf(`https://${req.get('host')}`)];
  if (!own.includes(originOf(origin) ?? 'none')) throw refused;
}
