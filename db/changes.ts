import type { SessionRow } from './sessions';
import { row, rows, write, type Tx } from './database';

/** A session before or after a change. Changes of before people and rooms could change name neither. */
export interface SideOfChange {
  startsAt: string;
  endsAt: string;
  status: string;
  roomProvider?: string;
  participantIds?: string[];
  /** Of a group that was cancelled: the one that its students take part in instead. */
  continuesIn?: string;
}

export interface ChangeRow {
  id: string;
  sessionId: string;
  rev: number;
  kind: string;
  reason: string | null;
  before: SideOfChange;
  after: SideOfChange;
  compensates: string[];
  decisionId: string | null;
  madeBy: string | null;
  madeAt: Date;
  compensatedAt: Date | null;
}

export async function insertChange(tx: Tx, c: Omit<ChangeRow, 'compensatedAt'>): Promise<void> {
  await write(
    tx,
    `INSERT INTO changes (id, session_id, rev, kind, reason, before, after, compensates, decision_id, made_by, made_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [c.id, c.sessionId, c.rev, c.kind, c.reason, JSON.stringify(c.before), JSON.stringify(c.after), c.compensates, c.decisionId, c.madeBy, c.madeAt],
  );
}

/** Writes the times of a session and what follows from them; the participants' slots follow by the foreign key's cascade. */
export async function moveSession(tx: Tx, s: SessionRow): Promise<void> {
  await write(
    tx,
    `UPDATE sessions SET rev = ?, version = version + 1, status = ?, starts_at = ?, ends_at = ?, room_at = ?, doors_at = ?, coverage_at = ?, viability_at = ?, min_students = ?, capacity = ?,
       buffer_minutes = ?, room_provider = ?, agreed_wall_time = ?, booked_at = ?, booked_set_id = ?, price_minor = ?, pay_minor = ?, currency = ?, expires_at = ?,
       without_slot = ? WHERE id = ?`,
    [
      s.rev,
      s.status,
      s.startsAt,
      s.endsAt,
      s.roomAt,
      s.doorsAt,
      s.coverageAt,
      s.viabilityAt,
      s.minStudents,
      s.capacity,
      s.bufferMinutes,
      s.roomProvider,
      s.agreedWallTime,
      s.bookedAt,
      s.bookedSetId,
      s.priceMinor,
      s.payMinor,
      s.currency,
      s.expiresAt,
      s.withoutSlot,
      s.id,
    ],
  );
}

export const changesOf = (tx: Tx, sessionId: string): Promise<ChangeRow[]> =>
  rows(tx, 'SELECT * FROM changes WHERE session_id = ? ORDER BY rev', [sessionId]);

/**
 * What the rules say to families of each change that they allowed; of one that a person had to allow they said why it waited. What is said of a group
 * whose fate they decided is for everybody.
 */
export const sayingsOf = (tx: Tx, sessionId: string): Promise<{ id: string; say: Record<string, string>; isForAll: boolean }[]> =>
  rows(
    tx,
    `SELECT c.id, d.say, d.point = 'viability' AS is_for_all FROM changes c JOIN decisions d ON d.organisation_id = c.organisation_id AND d.id = c.decision_id
     WHERE c.session_id = ? AND d.say IS NOT NULL AND (d.outcome->>'verdict' = 'allow' OR d.point = 'viability')`,
    [sessionId],
  );

/** The last change that gave the session another time. */
export const lastMove = (tx: Tx, sessionId: string): Promise<ChangeRow | undefined> =>
  row(tx, `SELECT * FROM changes WHERE session_id = ? AND kind = 'reschedule' ORDER BY rev DESC LIMIT 1`, [sessionId]);

/** Changes whose room and credentials have not been taken back yet. */
export const uncompensated = (tx: Tx, sessionId: string): Promise<ChangeRow[]> =>
  rows(tx, 'SELECT * FROM changes WHERE session_id = ? AND compensated_at IS NULL ORDER BY rev', [sessionId]);

export async function markCompensated(tx: Tx, ids: string[], at: Date): Promise<void> {
  await write(tx, 'UPDATE changes SET compensated_at = ? WHERE id = ANY(?::uuid[])', [at, `{${ids.join(',')}}`]);
}
