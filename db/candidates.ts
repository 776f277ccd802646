import { rows, type Tx } from './database';

/** An instructor who might stand in, with what is known of them in view of one session. */
export interface CandidateRow {
  personId: string;
  personKey: number;
  name: string;
  zone: string;
  locale: string;
  reachable: boolean;
  /** Null where nothing is known of what they teach. */
  subjects: string[] | null;
  languages: string[] | null;
  clearedUntil: Date | null;
  mostADay: number | null;
  mostAWeek: number | null;
  blocked: boolean;
  clashes: boolean;
  /** Has time off then. */
  away: boolean;
  /** Lessons they gave to one of the students. */
  taughtBefore: number;
}

export interface Wanted {
  sessionId: string;
  studentIds: readonly string[];
  startsAt: Date;
  endsAt: Date;
  /** With the time that is kept free after it. */
  until: Date;
  /** Null: every active instructor who is not on the session. */
  personId: string | null;
}

const CANDIDATES = `
SELECT p.id AS person_id, p.key AS person_key, p.name, p.zone, p.locale, (p.email IS NOT NULL OR p.phone IS NOT NULL) AS reachable,
  t.subjects, t.languages, t.cleared_until, t.most_a_day, t.most_a_week,
  EXISTS (SELECT 1 FROM blocked_pairs b WHERE b.organisation_id = p.organisation_id AND b.instructor_id = p.id AND b.student_id = ANY(?::uuid[])) AS blocked,
  EXISTS (SELECT 1 FROM participants q WHERE q.person_key = p.key AND q.holds_slot AND q.session_id <> ? AND q.starts_at < ?
    AND q.ends_at + make_interval(mins => q.buffer_minutes) > ?) AS clashes,
  EXISTS (SELECT 1 FROM closures c WHERE c.person_id = p.id AND c.state = 'active' AND c.ends_at > ? AND c.starts_at < ?) AS away,
  (SELECT count(DISTINCT mine.session_id) FROM participants mine JOIN participants theirs
     ON theirs.organisation_id = mine.organisation_id AND theirs.session_id = mine.session_id
   WHERE mine.organisation_id = p.organisation_id AND mine.person_id = p.id AND mine.role = 'instructor' AND mine.verdict IN ('arrived', 'late')
     AND theirs.role = 'student' AND theirs.person_id = ANY(?::uuid[])) AS taught_before
FROM people p LEFT JOIN teaching t ON t.organisation_id = p.organisation_id AND t.person_id = p.id
WHERE p.kind = 'instructor' AND p.active AND (?::uuid IS NULL OR p.id = ?::uuid)
  AND NOT EXISTS (SELECT 1 FROM participants o WHERE o.organisation_id = p.organisation_id AND o.session_id = ? AND o.person_id = p.id)
ORDER BY p.key`;

export const candidatesFor = (tx: Tx, w: Wanted): Promise<CandidateRow[]> => {
  const students = `{${w.studentIds.join(',')}}`;
  return rows(tx, CANDIDATES, [students, w.sessionId, w.until, w.startsAt, w.startsAt, w.endsAt, students, w.personId, w.personId, w.sessionId]);
};

const NEARBY_MS = 9 * 24 * 3_600_000;

/** When instructors teach in the days around an instant, this session apart; what a day or a week is depends on their zone. */
export const lessonsAround = (tx: Tx, sessionId: string, at: Date): Promise<{ personId: string; startsAt: Date }[]> =>
  rows(
    tx,
    `SELECT person_id, starts_at FROM participants
     WHERE role = 'instructor' AND holds_slot AND session_id <> ? AND starts_at > ? AND starts_at < ?`,
    [sessionId, new Date(+at - NEARBY_MS), new Date(+at + NEARBY_MS)],
  );
