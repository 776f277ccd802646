import type { Role } from '../domain/vocabulary';
import { change, row, rows, write, type Database, type Tx } from './database';

export type TokenKind = 'key' | 'sign-in' | 'login';

export interface ResolvedToken {
  organisationId: string;
  principalId: string;
  kind: TokenKind;
  expiresAt: Date | null;
  usedAt: Date | null;
  revokedAt: Date | null;
}

/** Which organisation and principal a token belongs to; crosses organisations by hash alone. */
export const resolveToken = (db: Database, hash: string): Promise<ResolvedToken | undefined> =>
  row(db.crossing, 'SELECT * FROM resolve_token(?)', [hash]);

export interface PrincipalRow {
  id: string;
  name: string;
  kind: 'person' | 'service';
  personId: string | null;
  roles: Role[];
}

/** A principal with the roles of its memberships. One whose person was deactivated is no principal any more. */
export async function findPrincipal(tx: Tx, id: string): Promise<PrincipalRow | undefined> {
  const found = await rows<Omit<PrincipalRow, 'roles'> & { role: Role | null }>(
    tx,
    `SELECT p.id, p.name, p.kind, p.person_id, m.role FROM principals p
     LEFT JOIN memberships m ON m.organisation_id = p.organisation_id AND m.principal_id = p.id
     LEFT JOIN people e ON e.organisation_id = p.organisation_id AND e.id = p.person_id
     WHERE p.id = ? AND (p.person_id IS NULL OR e.active) ORDER BY m.role`,
    [id],
  );
  const [first] = found;
  if (!first) return undefined;
  const { role: _role, ...principal } = first;
  return { ...principal, roles: found.flatMap((r) => (r.role ? [r.role] : [])) };
}

export async function insertPrincipal(tx: Tx, p: Omit<PrincipalRow, 'roles'> & { organisationId: string; roles: readonly Role[] }): Promise<void> {
  await write(tx, 'INSERT INTO principals (id, organisation_id, kind, name, person_id) VALUES (?, ?, ?, ?, ?)', [
    p.id,
    p.organisationId,
    p.kind,
    p.name,
    p.personId,
  ]);
  for (const role of p.roles) {
    await write(tx, 'INSERT INTO memberships (organisation_id, principal_id, role) VALUES (?, ?, ?)', [p.organisationId, p.id, role]);
  }
}

export async function insertToken(
  tx: Tx,
  t: { hash: string; organisationId: string; principalId: string; kind: TokenKind; createdAt: Date; expiresAt: Date | null },
): Promise<void> {
  await write(tx, 'INSERT INTO access_tokens (hash, organisation_id, principal_id, kind, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)', [
    t.hash,
    t.organisationId,
    t.principalId,
    t.kind,
    t.createdAt,
    t.expiresAt,
  ]);
}

/** True for exactly one caller: a sign-in link works once. */
export async function consumeToken(tx: Tx, hash: string, now: Date): Promise<boolean> {
  const consumed = await change(
    tx,
    `UPDATE access_tokens SET used_at = ? WHERE hash = ? AND kind = 'sign-in' AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?`,
    [now, hash, now],
  );
  return consumed === 1;
}

export const revokeToken = (tx: Tx, hash: string, now: Date): Promise<number> =>
  change(tx, 'UPDATE access_tokens SET revoked_at = ? WHERE hash = ? AND revoked_at IS NULL', [now, hash]);

/** The first admin of an organisation: whoever may let others in. */
export async function firstAdmin(tx: Tx): Promise<string> {
  const found = await row<{ id: string }>(
    tx,
    `SELECT p.id FROM principals p JOIN memberships m ON m.organisation_id = p.organisation_id AND m.principal_id = p.id
     WHERE m.role = 'admin' ORDER BY p.kind = 'service', p.id LIMIT 1`,
  );
  if (!found) throw new Error('This organisation has no admin.');
  return found.id;
}

/** Whether anybody could let others in yet. */
export const accessOf = async (tx: Tx): Promise<{ isThereAnAdmin: boolean; isThereAnAdminKey: boolean }> =>
  (await row<{ isThereAnAdmin: boolean; isThereAnAdminKey: boolean }>(
    tx,
    `SELECT EXISTS (SELECT 1 FROM memberships WHERE role = 'admin') AS is_there_an_admin,
       EXISTS (SELECT 1 FROM access_tokens t JOIN memberships m ON m.organisation_id = t.organisation_id AND m.principal_id = t.principal_id
         WHERE t.kind = 'key' AND m.role = 'admin') AS is_there_an_admin_key`,
  ))!;
