import { change, row, type Tx } from './database';

export interface KeyOf {
  organisationId: string;
  principalId: string;
  route: string;
  key: string;
}

export interface KeptKey {
  bodyHash: string;
  leaseUntil: Date;
  leased: boolean;
  responseStatus: number | null;
  responseBody: unknown;
  responseLocation: string | null;
}

/** How long an answer is kept for a repeat of its request; after that the key is as good as new. */
export const KEPT_HOURS = 24;

const WHERE = 'organisation_id = ? AND principal_id = ? AND route = ? AND key = ?';
const bind = (k: KeyOf): unknown[] => [k.organisationId, k.principalId, k.route, k.key];
/** Cut to milliseconds: the instant comes back as a Date and is compared again. */
const LEASE_END = `date_trunc('milliseconds', clock_timestamp() + make_interval(secs => ?))`;

/** A message may quote a caller and cut a surrogate pair in two; jsonb takes neither half of one nor NUL. */
const storable = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) => (typeof v === 'string' ? v.replace(/\p{Surrogate}|\u0000/gu, '\ufffd') : v));

/** Takes the key if nobody has it; the end of the lease is the fence for everything after. */
export async function claimKey(tx: Tx, k: KeyOf, bodyHash: string, leaseSeconds: number): Promise<Date | undefined> {
  const claimed = await row<{ leaseUntil: Date }>(
    tx,
    `INSERT INTO idempotency_keys (organisation_id, principal_id, route, key, body_hash, lease_until)
     VALUES (?, ?, ?, ?, ?, ${LEASE_END}) ON CONFLICT DO NOTHING RETURNING lease_until`,
    [...bind(k), bodyHash, leaseSeconds],
  );
  return claimed?.leaseUntil;
}

export const readKey = (tx: Tx, k: KeyOf): Promise<KeptKey | undefined> =>
  row(
    tx,
    `SELECT body_hash, lease_until, lease_until > clock_timestamp() AS leased, response_status, response_body, response_location
     FROM idempotency_keys WHERE ${WHERE}`,
    bind(k),
  );

/** Takes over a key whose holder let its lease run out; true for exactly one caller. */
export async function takeOverKey(tx: Tx, k: KeyOf, leaseUntil: Date, leaseSeconds: number): Promise<Date | undefined> {
  const taken = await row<{ leaseUntil: Date }>(
    tx,
    `UPDATE idempotency_keys SET lease_until = ${LEASE_END}
     WHERE ${WHERE} AND lease_until = ? AND lease_until <= clock_timestamp() AND response_status IS NULL RETURNING lease_until`,
    [leaseSeconds, ...bind(k), leaseUntil],
  );
  return taken?.leaseUntil;
}

/**
 * Notes, inside the command's own transaction, what it returned. False when the lease was taken over meanwhile: the caller
 * must then roll back. A transaction that wrote nothing notes nothing.
 */
export async function noteCommitted(tx: Tx, k: KeyOf, leaseUntil: Date, value: unknown): Promise<boolean> {
  const wrote = await row<{ wrote: boolean }>(tx, 'SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS wrote');
  if (!wrote?.wrote) return true;
  const noted = await change(tx, `UPDATE idempotency_keys SET response_body = ? WHERE ${WHERE} AND lease_until = ? AND response_status IS NULL`, [
    storable({ committed: value ?? null }),
    ...bind(k),
    leaseUntil,
  ]);
  return noted === 1;
}

export const keepResponse = (
  tx: Tx,
  k: KeyOf,
  leaseUntil: Date,
  response: { status: number; body: unknown; location: string | null },
): Promise<number> =>
  change(
    tx,
    `UPDATE idempotency_keys SET response_status = ?, response_body = ?, response_location = ?
     WHERE ${WHERE} AND lease_until = ? AND response_status IS NULL`,
    [response.status, storable(response.body ?? null), response.location, ...bind(k), leaseUntil],
  );

/** Lets the key go after a failure that is worth repeating. */
export const releaseKey = (tx: Tx, k: KeyOf, leaseUntil: Date): Promise<number> =>
  change(
    tx,
    `UPDATE idempotency_keys SET lease_until = date_trunc('milliseconds', clock_timestamp()) WHERE ${WHERE} AND lease_until = ? AND response_status IS NULL`,
    [...bind(k), leaseUntil],
  );

/** Forgets at most `limit` keys whose time is over and whose holder, if any, is gone; gives how many there were. */
export const forgetOldKeys = (tx: Tx, limit: number): Promise<number> =>
  change(
    tx,
    `DELETE FROM idempotency_keys k USING (
       SELECT principal_id, route, key FROM idempotency_keys
       WHERE created_at < now() - make_interval(hours => ?) AND lease_until < now() LIMIT ? FOR UPDATE SKIP LOCKED) old
     WHERE (k.principal_id, k.route, k.key) = (old.principal_id, old.route, old.key)`,
    [KEPT_HOURS, limit],
  );
