import { randomBytes } from 'node:crypto';
import {
  consumeToken,
  findPrincipal,
  insertPrincipal,
  insertToken,
  resolveToken,
  revokeToken,
  type ResolvedToken,
  type TokenKind,
} from '../db/access-tokens';
import { addAudit } from '../db/audit';
import type { Database, Tx } from '../db/database';
import { LecternError, notFound } from '../domain/errors';
import { newId, sha256 } from '../domain/ids';
import type { Role } from '../domain/vocabulary';
import type { Principal } from './context';

const PREFIX: Record<TokenKind, string> = { key: 'lk_', 'sign-in': 'ls_', login: 'll_' };
const LINK_LIFE_MS = 30 * 60_000;
const LOGIN_LIFE_MS = 12 * 3_600_000;

const newToken = (kind: TokenKind): string => PREFIX[kind] + randomBytes(32).toString('base64url');
const TOKEN = /^l[ksl]_[A-Za-z0-9_-]{43}$/;

/** What tokens are for is measured in real time, so `now` is real here, never business time. */
export interface SignInLink {
  token: string;
  path: string;
  expiresAt: Date;
}

/** A link that signs a principal in once. Errors: `not-found` for a principal that does not exist or was deactivated. */
export async function createSignInLink(
  tx: Tx,
  { organisationId, principalId, now, lifeMs = LINK_LIFE_MS }: { organisationId: string; principalId: string; now: Date; lifeMs?: number },
): Promise<SignInLink> {
  if (!(await findPrincipal(tx, principalId))) throw notFound('principal', principalId);
  const token = newToken('sign-in');
  const expiresAt = new Date(+now + lifeMs);
  await insertToken(tx, { hash: sha256(token), organisationId, principalId, kind: 'sign-in', createdAt: now, expiresAt });
  return { token, path: `/sign-in/${token}`, expiresAt };
}

const isLive = (t: ResolvedToken, now: Date): boolean => t.revokedAt === null && (t.expiresAt === null || t.expiresAt > now);

/** Whether a sign-in link would still work. Changes nothing, so that mail scanners and previews may look. */
export async function signInWorks(db: Database, token: string, now: Date): Promise<boolean> {
  if (!TOKEN.test(token)) return false;
  const found = await resolveToken(db, sha256(token));
  return found?.kind === 'sign-in' && found.usedAt === null && isLive(found, now);
}

/** Uses a sign-in link up and gives the login that the browser keeps. Errors: `link-expired`, also for one used before. */
export async function useSignIn(
  db: Database,
  token: string,
  now: Date,
): Promise<{ login: string; expiresAt: Date; principal: Principal; organisationId: string }> {
  const gone = new LecternError('link-expired', 'This sign-in link was used already, has expired or never existed.');
  const hash = sha256(token);
  const found = TOKEN.test(token) ? await resolveToken(db, hash) : undefined;
  if (found?.kind !== 'sign-in') throw gone;
  const { organisationId, principalId } = found;
  return db.inOrganisation(organisationId, async (tx) => {
    const principal = await findPrincipal(tx, principalId);
    if (!principal || !(await consumeToken(tx, hash, now))) throw gone;
    const login = newToken('login');
    const expiresAt = new Date(+now + LOGIN_LIFE_MS);
    await insertToken(tx, { hash: sha256(login), organisationId, principalId, kind: 'login', createdAt: now, expiresAt });
    await addAudit(tx, { principal, requestId: null }, 'sign-in', 'principal', principalId);
    return { login, expiresAt, principal, organisationId };
  });
}

/** Ends a login. Repeating it changes nothing. */
export async function signOut(db: Database, organisationId: string, login: string, now: Date): Promise<void> {
  await db.inOrganisation(organisationId, (tx) => revokeToken(tx, sha256(login), now));
}

/** Who stands behind a key or a login; undefined when nobody does (any more). A sign-in link is no proof of anything yet. */
export async function whoIs(
  db: Database,
  token: string,
  now: Date,
): Promise<{ organisationId: string; principal: Principal; kind: 'key' | 'login' } | undefined> {
  const found = TOKEN.test(token) ? await resolveToken(db, sha256(token)) : undefined;
  if (!found || found.kind === 'sign-in' || !isLive(found, now)) return undefined;
  const { organisationId, principalId, kind } = found;
  const principal = await db.inOrganisation(organisationId, (tx) => findPrincipal(tx, principalId));
  return principal && { organisationId, principal, kind };
}

/** A key for a service of its own. The key is given once; only its hash is kept. */
export async function createApiKey(
  tx: Tx,
  {
    organisationId,
    name,
    roles,
    now,
    expiresAt = null,
  }: { organisationId: string; name: string; roles: readonly Role[]; now: Date; expiresAt?: Date | null },
): Promise<{ key: string; principalId: string }> {
  const principalId = newId();
  await insertPrincipal(tx, { id: principalId, organisationId, kind: 'service', name, personId: null, roles });
  const key = newToken('key');
  await insertToken(tx, { hash: sha256(key), organisationId, principalId, kind: 'key', createdAt: now, expiresAt });
  await addAudit(tx, { principal: { id: principalId }, requestId: null }, 'create-key', 'principal', principalId, { roles: [...roles] });
  return { key, principalId };
}
