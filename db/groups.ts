import type { SessionRow } from './sessions';
import { rows, write, type Tx } from './database';

/** When it is asked next whether a group takes place; null when it need not be. */
export async function setViability(tx: Tx, session: SessionRow, to: { at: Date | null; askedAt?: Date }): Promise<void> {
  await write(tx, 'UPDATE sessions SET viability_at = ?, viability_asked_at = coalesce(?, viability_asked_at), version = version + 1 WHERE id = ?', [
    to.at,
    to.askedAt ?? null,
    session.id,
  ]);
  Object.assign(session, { viabilityAt: to.at, viabilityAskedAt: to.askedAt ?? session.viabilityAskedAt, version: session.version + 1 });
}

export type Sibling = SessionRow & { students: number };

/**
 * Other groups in the two weeks around a session that are the same to a family (programme, branch, subject, price) and have places for
 * so many more, those that are offered to somebody not counted; the nearest first.
 */
export const siblingsOf = (tx: Tx, s: SessionRow, places: number, asOf: Date): Promise<Sibling[]> =>
  rows(
    tx,
    `SELECT g.* FROM (
       SELECT s.*, (SELECT count(*)::int FROM participants p WHERE p.organisation_id = s.organisation_id AND p.session_id = s.id AND p.role = 'student') AS students,
         (SELECT count(*)::int FROM waitlist w WHERE w.organisation_id = s.organisation_id AND w.session_id = s.id AND w.state = 'offered') AS offered
       FROM sessions s
       WHERE s.id <> ? AND s.status IN ('booked', 'ready') AND s.capacity IS NOT NULL AND NOT s.without_slot
         AND s.starts_at > ? AND s.starts_at > ?::timestamptz - interval '14 days' AND s.starts_at < ?::timestamptz + interval '14 days'
         AND s.programme IS NOT DISTINCT FROM ? AND s.branch IS NOT DISTINCT FROM ? AND s.subject IS NOT DISTINCT FROM ?
         AND s.price_minor = ? AND s.currency = ? AND s.is_trial = ?) g
     WHERE g.capacity - g.students - g.offered >= ?
     ORDER BY abs(extract(epoch FROM g.starts_at - ?::timestamptz)), g.id LIMIT 20`,
    [s.id, asOf, s.startsAt, s.startsAt, s.programme, s.branch, s.subject, s.priceMinor, s.currency, s.isTrial, places, s.startsAt],
  );

/** From how many students a group takes place, how many it has places for, and when it is asked whether it takes place. */
export async function setPlaces(tx: Tx, s: SessionRow): Promise<void> {
  await write(tx, 'UPDATE sessions SET min_students = ?, capacity = ?, viability_at = ?, version = version + 1 WHERE id = ?', [
    s.minStudents,
    s.capacity,
    s.viabilityAt,
    s.id,
  ]);
  s.version += 1;
}
