import { recordset, rows, write, type Tx } from './database';

/** What is known of an instructor that rules about substitutes read. A field that is null is not known, or has no limit. */
export interface Teaching {
  subjects: string[];
  /** Languages, as locales are written: "en", "de". */
  languages: string[];
  /** Until when they are cleared to teach children; null: no clearance is on file. */
  clearedUntil: Date | null;
  /** Sessions that they take on at most. */
  mostADay: number | null;
  mostAWeek: number | null;
}

/** An instructor who is not to teach a student. */
export interface BlockedPair {
  instructorId: string;
  reason: string | null;
}

/** Replaces what was known of instructors. The people must exist; the foreign key says so otherwise (23503). */
export const writeTeaching = (tx: Tx, list: readonly (Teaching & { personId: string })[]): Promise<void> =>
  write(
    tx,
    `INSERT INTO teaching (person_id, subjects, languages, cleared_until, most_a_day, most_a_week)
     SELECT person_id, subjects, languages, cleared_until, most_a_day, most_a_week FROM jsonb_populate_recordset(null::teaching, ?)
     ON CONFLICT (organisation_id, person_id) DO UPDATE SET subjects = excluded.subjects, languages = excluded.languages,
       cleared_until = excluded.cleared_until, most_a_day = excluded.most_a_day, most_a_week = excluded.most_a_week`,
    [recordset(list)],
  );

export const teachingOf = (tx: Tx, personIds: readonly string[]): Promise<(Teaching & { personId: string })[]> =>
  rows(tx, `SELECT person_id, subjects, languages, cleared_until, most_a_day, most_a_week FROM teaching WHERE person_id = ANY(?::uuid[])`, [
    `{${personIds.join(',')}}`,
  ]);

/** Replaces which instructors are not to teach a student. */
export async function replaceBlocked(tx: Tx, studentId: string, pairs: readonly BlockedPair[]): Promise<void> {
  await write(tx, 'DELETE FROM blocked_pairs WHERE student_id = ?', [studentId]);
  if (pairs.length === 0) return;
  await write(
    tx,
    `INSERT INTO blocked_pairs (student_id, instructor_id, reason)
     SELECT ?, instructor_id, reason FROM jsonb_to_recordset(?) AS b(instructor_id uuid, reason text)`,
    [studentId, recordset(pairs)],
  );
}

export const blockedOf = (tx: Tx, studentIds: readonly string[]): Promise<(BlockedPair & { studentId: string; instructorName: string })[]> =>
  rows(
    tx,
    `SELECT b.student_id, b.instructor_id, p.name AS instructor_name, b.reason FROM blocked_pairs b
     JOIN people p ON p.organisation_id = b.organisation_id AND p.id = b.instructor_id
     WHERE b.student_id = ANY(?::uuid[]) ORDER BY p.name, b.instructor_id`,
    [`{${studentIds.join(',')}}`],
  );
