import { row, rows, write, type Tx } from './database';

export interface ZoneRow {
  id: string;
  name: string;
  kind: string;
  zone: string;
  phone: string | null;
  /** What was known when it was last said that the zone is right, or asked. */
  evidence: string | null;
  state: 'held' | 'settled' | null;
  offHours: number | null;
  offLessons: number | null;
}

/**
 * People with what is known of their zone. Off by hours: the link was opened, or the room joined, within ten minutes of a whole number
 * of hours beside the start; a link that is opened when it comes says nothing.
 */
export const zoneRows = (tx: Tx, personIds: readonly string[], asOf: Date): Promise<ZoneRow[]> =>
  rows(
    tx,
    `SELECT p.id, p.name, p.kind, p.zone, p.phone, z.evidence, z.state, off.hours AS off_hours, off.lessons AS off_lessons
     FROM people p LEFT JOIN zone_checks z ON z.organisation_id = p.organisation_id AND z.person_id = p.id
     LEFT JOIN LATERAL (
       SELECT hours, count(DISTINCT session_id)::int AS lessons FROM (
         SELECT q.session_id, round(extract(epoch FROM came.at - q.starts_at) / 3600)::int AS hours, extract(epoch FROM came.at - q.starts_at) AS seconds
         FROM participants q CROSS JOIN LATERAL (
           SELECT c.opened_at AS at FROM credentials c WHERE c.organisation_id = q.organisation_id AND c.session_id = q.session_id
             AND c.person_id = q.person_id AND c.opened_at > c.issued_at + interval '15 minutes'
           UNION ALL SELECT e.at FROM attendance_events e WHERE e.organisation_id = q.organisation_id AND e.session_id = q.session_id
             AND e.person_id = q.person_id AND e.kind = 'joined') came
         WHERE q.organisation_id = p.organisation_id AND q.person_id = p.id AND q.starts_at < ? AND q.starts_at > ?::timestamptz - interval '180 days') c
       WHERE hours <> 0 AND abs(hours) <= 14 AND abs(seconds - hours * 3600) <= 600 GROUP BY hours ORDER BY lessons DESC, hours LIMIT 1) off ON true
     WHERE p.id = ANY(?::uuid[])`,
    [asOf, asOf, `{${personIds.join(',')}}`],
  );

export interface Living {
  studentId: string;
  guardianId: string;
  household: string;
  studentZone: string;
  guardianZone: string;
}

/** Who lives with whom: the guardianships of the students that these people are, or have. */
export const livingWith = (tx: Tx, personIds: readonly string[]): Promise<Living[]> =>
  rows(
    tx,
    `SELECT g.student_id, g.guardian_id, g.household, s.zone AS student_zone, w.zone AS guardian_zone FROM guardianships g
     JOIN people s ON s.organisation_id = g.organisation_id AND s.id = g.student_id
     JOIN people w ON w.organisation_id = g.organisation_id AND w.id = g.guardian_id
     WHERE g.student_id IN (SELECT m.student_id FROM guardianships m WHERE m.student_id = ANY(?::uuid[]) OR m.guardian_id = ANY(?::uuid[]))`,
    [`{${personIds.join(',')}}`, `{${personIds.join(',')}}`],
  );

/** Writes that a zone is asked about, or said to be right by what is known. */
export async function setZoneCheck(
  tx: Tx,
  c: { personId: string; evidence: string; state: 'held' | 'settled'; decisionId: string | null; at: Date },
): Promise<void> {
  await write(
    tx,
    `INSERT INTO zone_checks (person_id, evidence, state, decision_id, checked_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, person_id) DO UPDATE SET evidence = excluded.evidence, state = excluded.state, decision_id = excluded.decision_id,
       checked_at = excluded.checked_at`,
    [c.personId, c.evidence, c.state, c.decisionId, c.at],
  );
}

/** One who asks about a person's zone at a time, whatever sessions have messages for them. */
export const lockZoneCheck = (tx: Tx, personId: string): Promise<unknown> => tx.raw(`SELECT pg_advisory_xact_lock(7423, hashtext(?))`, [personId]);

/** The open question about a person's zone. */
export const openZoneStep = async (tx: Tx, personId: string): Promise<string | undefined> =>
  (await row<{ id: string }>(tx, `SELECT id FROM held_steps WHERE kind = 'zone' AND subject = ? AND state = 'open' LIMIT 1`, [personId]))?.id;

export async function withdrawZoneSteps(tx: Tx, personId: string, at: Date): Promise<void> {
  await write(
    tx,
    `UPDATE held_steps SET state = 'withdrawn', chosen_at = ?, version = version + 1 WHERE kind = 'zone' AND subject = ? AND state = 'open'`,
    [at, personId],
  );
}

export const ZONE_UNKNOWN = 'zone-in-doubt';

/** What waited for a person's zone is due again; gives the sessions it concerned. */
export const releaseForZone = async (tx: Tx, personId: string, at: Date): Promise<string[]> => [
  ...new Set(
    (
      await rows<{ sessionId: string }>(
        tx,
        `UPDATE obligations SET state = 'planned', reason = NULL, ended_at = NULL, due_at = greatest(due_at, ?), version = version + 1
         WHERE person_id = ? AND state = 'held' AND reason = ? RETURNING session_id`,
        [at, personId, ZONE_UNKNOWN],
      )
    ).map((o) => o.sessionId),
  ),
];
