import type { STRIKE_KINDS, STRIKE_STATES } from '../domain/vocabulary';
import { change, row, rows, write, type Tx } from './database';

export interface StrikeRow {
  id: string;
  /** Null, as the decision, of one that was counted elsewhere and brought in: it has a day instead. */
  sessionId: string | null;
  personId: string;
  kind: (typeof STRIKE_KINDS)[number];
  termId: string | null;
  decisionId: string | null;
  state: (typeof STRIKE_STATES)[number];
  countedAt: Date;
  endedAt: Date | null;
  endedBy: string | null;
  reason: string | null;
  version: number;
}

/** The term in whose days a session begins, as the calendar of the organisation's zone has them. */
const TERM_OF = `(SELECT t.id FROM terms t JOIN organisations o ON o.id = t.organisation_id
  WHERE (s.starts_at AT TIME ZONE o.home_zone)::date BETWEEN t.starts_on AND t.ends_on)`;

export const strikesOfSession = (tx: Tx, sessionId: string): Promise<StrikeRow[]> =>
  rows(tx, 'SELECT * FROM strikes WHERE session_id = ? ORDER BY counted_at, id', [sessionId]);

/** How many strikes each participant has in the term of a session, without those of the session itself. Who has none is not among them. */
export const strikesThisTerm = async (tx: Tx, sessionId: string): Promise<ReadonlyMap<string, number>> =>
  new Map(
    (
      await rows<{ personId: string; count: number }>(
        tx,
        `SELECT k.person_id, count(*)::int AS count FROM sessions s
         JOIN participants p ON p.organisation_id = s.organisation_id AND p.session_id = s.id
         JOIN strikes k ON k.organisation_id = s.organisation_id AND k.person_id = p.person_id AND k.state = 'counted' AND k.session_id IS DISTINCT FROM s.id
         WHERE s.id = ? AND k.term_id IS NOT DISTINCT FROM ${TERM_OF} GROUP BY k.person_id`,
        [sessionId],
      )
    ).map((k) => [k.personId, k.count]),
  );

export type NewStrike = Pick<StrikeRow, 'id' | 'personId' | 'kind'> & { sessionId: string; decisionId: string };

/** Counts a strike; one that was reversed counts again, one that a person has forgiven stays so. True when it counts now and did not before. */
export const countStrike = async (tx: Tx, k: NewStrike, at: Date): Promise<boolean> =>
  (await change(
    tx,
    `INSERT INTO strikes (id, session_id, person_id, kind, term_id, decision_id, state, counted_at)
     SELECT ?, s.id, ?, ?, ${TERM_OF}, ?, 'counted', ? FROM sessions s WHERE s.id = ?
     ON CONFLICT (organisation_id, session_id, person_id, kind) DO UPDATE SET state = 'counted', decision_id = excluded.decision_id, ended_at = NULL,
       ended_by = NULL, reason = NULL, version = strikes.version + 1 WHERE strikes.state = 'reversed'`,
    [k.id, k.personId, k.kind, k.decisionId, at, k.sessionId],
  )) === 1;

/** Ends a counted strike: taken back by what is known now, or forgiven by a person. */
export async function endStrike(
  tx: Tx,
  id: string,
  to: { state: 'forgiven' | 'reversed'; at: Date; by: string | null; reason: string | null },
): Promise<void> {
  await write(tx, `UPDATE strikes SET state = ?, ended_at = ?, ended_by = ?, reason = ?, version = version + 1 WHERE id = ? AND state = 'counted'`, [
    to.state,
    to.at,
    to.by,
    to.reason,
    id,
  ]);
}

/** `day` as the organisation's calendar has it. */
export type ListedStrike = StrikeRow & { termName: string | null; sessionTitle: string | null; startsAt: Date | null; day: string };

/** The strikes of people, newest first, with what they are of. */
export const strikesOfPeople = (tx: Tx, personIds: readonly string[]): Promise<ListedStrike[]> =>
  rows(
    tx,
    `SELECT k.id, k.session_id, k.person_id, k.kind, k.term_id, k.decision_id, k.state, k.counted_at, k.ended_at, k.ended_by, k.reason, k.version,
       t.name AS term_name, s.title AS session_title, s.starts_at, coalesce(k.happened_on, (s.starts_at AT TIME ZONE o.home_zone)::date)::text AS day
     FROM strikes k JOIN organisations o ON o.id = k.organisation_id
     LEFT JOIN sessions s ON s.organisation_id = k.organisation_id AND s.id = k.session_id
     LEFT JOIN terms t ON t.organisation_id = k.organisation_id AND t.id = k.term_id
     WHERE k.person_id = ANY(?::uuid[]) ORDER BY day DESC, s.starts_at DESC, k.id`,
    [`{${personIds.join(',')}}`],
  );

export const termIdAt = async (tx: Tx, at: Date): Promise<string | null> =>
  (
    await row<{ id: string | null }>(
      tx,
      `SELECT t.id FROM terms t JOIN organisations o ON o.id = t.organisation_id
       WHERE (?::timestamptz AT TIME ZONE o.home_zone)::date BETWEEN t.starts_on AND t.ends_on`,
      [at],
    )
  )?.id ?? null;
