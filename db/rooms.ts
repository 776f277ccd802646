import { change, recordset, row, rows, write, type Tx } from './database';

export interface RoomRow {
  id: string;
  sessionId: string;
  rev: number;
  provider: string;
  providerRoomId: string | null;
  url: string | null;
  state: 'opening' | 'open' | 'closed';
  openedAt: Date | null;
  failedAt: Date | null;
  /** The room in whose place this one was opened. */
  replaces: string | null;
  /** Its provider can put somebody out. */
  revocable: boolean;
}
export interface CredentialRow {
  id: string;
  sessionId: string;
  personId: string;
  roomId: string;
  tokenHash: string;
  issuedAt: Date;
  openedAt: Date | null;
  provenAt: Date | null;
  revokedAt: Date | null;
  /** When whom it was taken from was put out of the room that goes on. */
  evictedAt: Date | null;
  /** When it is looked whether they are in it again: what they hold may lead in a little longer, and nobody tells of it for sure. */
  lookAgainAt: Date | null;
}

export const openRoomOf = (tx: Tx, sessionId: string): Promise<RoomRow | undefined> =>
  row(tx, `SELECT * FROM rooms WHERE session_id = ? AND state <> 'closed'`, [sessionId]);

/** The intent comes before the effect: a room that was asked for and never confirmed is found again by its id. */
export async function insertOpening(tx: Tx, r: Pick<RoomRow, 'id' | 'sessionId' | 'rev' | 'provider'> & { replaces?: string | null }): Promise<void> {
  await write(tx, `INSERT INTO rooms (id, session_id, rev, provider, replaces, state) VALUES (?, ?, ?, ?, ?, 'opening') ON CONFLICT DO NOTHING`, [
    r.id,
    r.sessionId,
    r.rev,
    r.provider,
    r.replaces ?? null,
  ]);
}

export async function markOpen(tx: Tx, id: string, to: { providerRoomId: string; url: string; revocable: boolean; at: Date }): Promise<void> {
  await write(tx, `UPDATE rooms SET state = 'open', provider_room_id = ?, url = ?, revocable = ?, opened_at = ? WHERE id = ? AND state = 'opening'`, [
    to.providerRoomId,
    to.url,
    to.revocable,
    to.at,
    id,
  ]);
}

/** It cannot be used any more, since `failedAt`; whether its provider knows is another matter. */
export async function markFailed(tx: Tx, id: string, failedAt: Date, at: Date): Promise<void> {
  await write(tx, `UPDATE rooms SET state = 'closed', failed_at = ?, closed_at = ? WHERE id = ? AND state <> 'closed'`, [failedAt, at, id]);
}

/** Rooms that the session has had under this rev, those that failed with them. */
export const countRooms = async (tx: Tx, sessionId: string, rev: number): Promise<number> =>
  (await row<{ n: number }>(tx, 'SELECT count(*)::integer AS n FROM rooms WHERE session_id = ? AND rev = ?', [sessionId, rev]))!.n;

export const roomById = (tx: Tx, id: string): Promise<RoomRow | undefined> => row(tx, 'SELECT * FROM rooms WHERE id = ?', [id]);

export async function setRoomProvider(tx: Tx, sessionId: string, provider: string): Promise<void> {
  await write(tx, 'UPDATE sessions SET room_provider = ?, version = version + 1 WHERE id = ?', [provider, sessionId]);
}

export async function markClosed(tx: Tx, id: string, at: Date): Promise<void> {
  await write(tx, `UPDATE rooms SET state = 'closed', closed_at = ? WHERE id = ? AND state <> 'closed'`, [at, id]);
}

export const liveCredentials = (tx: Tx, sessionId: string): Promise<CredentialRow[]> =>
  rows(tx, 'SELECT * FROM credentials WHERE session_id = ? AND revoked_at IS NULL ORDER BY person_id', [sessionId]);

/** Credentials into the room of the session as it is now. One of an earlier rev is about to be revoked and is given to nobody. */
export const currentCredentials = (tx: Tx, sessionId: string): Promise<CredentialRow[]> =>
  rows(
    tx,
    `SELECT c.* FROM credentials c JOIN rooms r ON r.organisation_id = c.organisation_id AND r.id = c.room_id
     JOIN sessions s ON s.organisation_id = c.organisation_id AND s.id = c.session_id AND s.rev = r.rev
     WHERE c.session_id = ? AND c.revoked_at IS NULL ORDER BY c.person_id`,
    [sessionId],
  );

export const credentialById = (tx: Tx, id: string): Promise<CredentialRow | undefined> => row(tx, 'SELECT * FROM credentials WHERE id = ?', [id]);

export async function insertCredentials(
  tx: Tx,
  list: Pick<CredentialRow, 'id' | 'sessionId' | 'personId' | 'roomId' | 'tokenHash' | 'issuedAt'>[],
): Promise<void> {
  if (list.length === 0) return;
  await write(
    tx,
    `INSERT INTO credentials (id, session_id, person_id, room_id, token_hash, issued_at)
     SELECT * FROM jsonb_to_recordset(?) AS c(id uuid, session_id uuid, person_id uuid, room_id uuid, token_hash text, issued_at timestamptz)
     ON CONFLICT DO NOTHING`,
    [recordset(list)],
  );
}

/** The room goes on as it is under the session's new rev: a change that is not about the room leaves everybody else's way in alone. */
export async function carryRoom(tx: Tx, sessionId: string, { from, to }: { from: number; to: number }): Promise<void> {
  await write(tx, `UPDATE rooms SET rev = ? WHERE session_id = ? AND rev = ? AND state <> 'closed'`, [to, sessionId, from]);
}

export async function revokeCredentialsOf(tx: Tx, sessionId: string, personIds: readonly string[], at: Date): Promise<void> {
  await write(tx, 'UPDATE credentials SET revoked_at = ? WHERE session_id = ? AND person_id = ANY(?::uuid[]) AND revoked_at IS NULL', [
    at,
    sessionId,
    `{${personIds.join(',')}}`,
  ]);
}

export async function revokeCredentials(tx: Tx, sessionId: string, at: Date): Promise<number> {
  return change(tx, 'UPDATE credentials SET revoked_at = ? WHERE session_id = ? AND revoked_at IS NULL', [at, sessionId]);
}

/** `opened` is the page that was looked at, `proven` the button that was pressed; the first of each counts. */
export async function markCredential(tx: Tx, id: string, what: 'opened_at' | 'proven_at', at: Date): Promise<void> {
  await write(tx, `UPDATE credentials SET ${what} = coalesce(${what}, ?) WHERE id = ?`, [at, id]);
}

/** Whose way into this room was taken back and who may still be in it: nobody with a newer one, nobody who was put out since. */
export const toEvict = (tx: Tx, room: Pick<RoomRow, 'id' | 'sessionId'>): Promise<CredentialRow[]> =>
  rows(
    tx,
    `SELECT c.* FROM credentials c WHERE c.session_id = ? AND c.room_id = ? AND c.revoked_at IS NOT NULL AND c.evicted_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM credentials l WHERE l.organisation_id = c.organisation_id AND l.session_id = c.session_id
         AND l.person_id = c.person_id AND l.revoked_at IS NULL)`,
    [room.sessionId, room.id],
  );

export interface Evicted {
  at: Date;
  /** So long a way in that was given leads in; with `lookEveryMs` in business time. */
  wayInMs: number;
  lookEveryMs: number;
  /** Whom the provider did not put out. */
  stillIn: readonly string[];
}

/**
 * They are put out. Who was ever given a way in is looked for again until it leads in no more, because no event tells for sure that
 * somebody is back; who could not be put out, until they are, or the lesson is over.
 */
export async function markEvicted(tx: Tx, room: Pick<RoomRow, 'id' | 'sessionId'>, { at, wayInMs, lookEveryMs, stillIn }: Evicted): Promise<void> {
  await write(
    tx,
    `UPDATE credentials c SET evicted_at = w.at, look_again_at = CASE
       WHEN c.person_id = ANY(w.still_in) THEN w.at + greatest(w.way_in, w.look_every)
       WHEN c.proven_at IS NOT NULL AND c.revoked_at + w.way_in > w.at THEN least(w.at + w.look_every, c.revoked_at + w.way_in) END
     FROM (SELECT ?::timestamptz AS at, make_interval(secs => ?) AS way_in, make_interval(secs => ?) AS look_every, ?::uuid[] AS still_in) w
     WHERE c.session_id = ? AND c.room_id = ? AND c.revoked_at IS NOT NULL AND c.evicted_at IS NULL`,
    [at, wayInMs / 1000, lookEveryMs / 1000, `{${stillIn.join(',')}}`, room.sessionId, room.id],
  );
}

/** Whoever is to be looked for once more by now counts as not put out; where the lesson is over nobody is looked for any more. */
export const lookAgain = (tx: Tx, sessionId: string, { isOver, at }: { isOver: boolean; at: Date }): Promise<void> =>
  write(tx, `UPDATE credentials SET evicted_at = CASE WHEN ? THEN evicted_at END, look_again_at = NULL WHERE session_id = ? AND look_again_at <= ?`, [
    isOver,
    sessionId,
    at,
  ]);

/** Somebody whose way in was taken back is in the room all the same, and is to be put out again; false when their way in is good. */
export const evictAgain = async (tx: Tx, sessionId: string, personId: string): Promise<boolean> =>
  (await change(
    tx,
    `UPDATE credentials c SET evicted_at = NULL FROM rooms r
     WHERE r.organisation_id = c.organisation_id AND r.id = c.room_id AND r.state = 'open' AND r.revocable
       AND c.session_id = ? AND c.person_id = ? AND c.revoked_at IS NOT NULL AND c.evicted_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM credentials l WHERE l.organisation_id = c.organisation_id AND l.session_id = c.session_id
         AND l.person_id = c.person_id AND l.revoked_at IS NULL)`,
    [sessionId, personId],
  )) > 0;

/** The way in that stands in the place of one that a failed room took with it: the same person's, into the room that is open now. */
export const replacementOf = (tx: Tx, c: CredentialRow): Promise<CredentialRow | undefined> =>
  row(
    tx,
    `SELECT n.* FROM credentials n JOIN rooms r ON r.organisation_id = n.organisation_id AND r.id = n.room_id
     JOIN rooms o ON o.organisation_id = n.organisation_id AND o.id = ? AND o.failed_at IS NOT NULL AND o.rev = r.rev
     WHERE n.session_id = ? AND n.person_id = ? AND n.revoked_at IS NULL`,
    [c.roomId, c.sessionId, c.personId],
  );
