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
}

export const openRoomOf = (tx: Tx, sessionId: string): Promise<RoomRow | undefined> =>
  row(tx, `SELECT * FROM rooms WHERE session_id = ? AND state <> 'closed'`, [sessionId]);

/** The intent comes before the effect: a room that was asked for and never confirmed is found again by its id. */
export async function insertOpening(tx: Tx, r: Pick<RoomRow, 'id' | 'sessionId' | 'rev' | 'provider'>): Promise<void> {
  await write(tx, `INSERT INTO rooms (id, session_id, rev, provider, state) VALUES (?, ?, ?, ?, 'opening') ON CONFLICT DO NOTHING`, [
    r.id,
    r.sessionId,
    r.rev,
    r.provider,
  ]);
}

export async function markOpen(tx: Tx, id: string, providerRoomId: string, url: string, at: Date): Promise<void> {
  await write(tx, `UPDATE rooms SET state = 'open', provider_room_id = ?, url = ?, opened_at = ? WHERE id = ? AND state = 'opening'`, [
    providerRoomId,
    url,
    at,
    id,
  ]);
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

export async function revokeCredentials(tx: Tx, sessionId: string, at: Date): Promise<number> {
  return change(tx, 'UPDATE credentials SET revoked_at = ? WHERE session_id = ? AND revoked_at IS NULL', [at, sessionId]);
}

/** `opened` is the page that was looked at, `proven` the button that was pressed; the first of each counts. */
export async function markCredential(tx: Tx, id: string, what: 'opened_at' | 'proven_at', at: Date): Promise<void> {
  await write(tx, `UPDATE credentials SET ${what} = coalesce(${what}, ?) WHERE id = ?`, [at, id]);
}
