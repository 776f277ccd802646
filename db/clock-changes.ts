import type { SessionRow } from './sessions';
import { row, rows, write, type Tx } from './database';

/** Lessons that are booked and still ahead. */
export const futureSessions = (tx: Tx, asOf: Date): Promise<SessionRow[]> =>
  rows(tx, `SELECT * FROM sessions WHERE starts_at > ? AND status IN ('held', 'booked', 'ready') ORDER BY starts_at, id`, [asOf]);

/** What each person was last told of when a lesson that is ahead starts, as their wall would show it. */
export const toldOfStart = (tx: Tx, asOf: Date): Promise<{ sessionId: string; personId: string; zone: string; shown: string }[]> =>
  rows(
    tx,
    `SELECT DISTINCT ON (a.session_id, a.person_id) a.session_id, a.person_id, a.zone, a.shown_wall_time AS shown FROM attempts a
     JOIN sessions s ON s.organisation_id = a.organisation_id AND s.id = a.session_id
     WHERE s.starts_at > ? AND s.status IN ('booked', 'ready') AND a.state = 'sent' AND a.shown_wall_time IS NOT NULL
     ORDER BY a.session_id, a.person_id, a.claimed_at DESC`,
    [asOf],
  );

export async function setAgreedWallTime(tx: Tx, sessionId: string, wallTime: string): Promise<void> {
  await write(tx, 'UPDATE sessions SET agreed_wall_time = ?, version = version + 1 WHERE id = ?', [wallTime, sessionId]);
}

export const tzdataChecked = async (tx: Tx, tzdata: string): Promise<boolean> =>
  (await row(tx, 'SELECT 1 AS one FROM tzdata_checks WHERE tzdata = ?', [tzdata])) !== undefined;

export async function writeTzdataCheck(tx: Tx, c: { tzdata: string; at: Date; moved: number; retold: number }): Promise<void> {
  await write(tx, 'INSERT INTO tzdata_checks (tzdata, checked_at, moved, retold) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', [
    c.tzdata,
    c.at,
    c.moved,
    c.retold,
  ]);
}
