import type { PersonKind } from '../domain/vocabulary';
import type { Shift } from '../domain/duty';
import { rows, type Tx } from './database';
import { SHIFTS_OF } from './duty';
import type { PersonFields } from './write-people';

export interface PersonRow extends Omit<PersonFields, 'externalId'> {
  key: number;
  id: string;
  kind: PersonKind;
  version: number;
}

export const peopleById = (tx: Tx, ids: readonly string[]): Promise<PersonRow[]> =>
  ids.length === 0 ? Promise.resolve([]) : rows(tx, 'SELECT * FROM people WHERE id = ANY(?::uuid[])', [`{${ids.join(',')}}`]);

/** Who takes part in a session. */
export const peopleOf = (tx: Tx, sessionId: string): Promise<PersonRow[]> =>
  rows(tx, `SELECT p.* FROM participants q JOIN people p ON p.organisation_id = q.organisation_id AND p.id = q.person_id WHERE q.session_id = ?`, [
    sessionId,
  ]);

/** Guardians who are to be notified of a session, a row for each student on it whom they have. */
export const notifiedGuardiansOf = (tx: Tx, sessionId: string): Promise<(PersonRow & { studentId: string })[]> =>
  rows(
    tx,
    `SELECT p.*, g.student_id FROM participants q
     JOIN guardianships g ON g.organisation_id = q.organisation_id AND g.student_id = q.person_id
     JOIN people p ON p.organisation_id = g.organisation_id AND p.id = g.guardian_id
     WHERE q.session_id = ? AND q.role = 'student' AND g.can_notify AND p.active ORDER BY g.student_id, p.id`,
    [sessionId],
  );

/** Guardians who are to be notified, a row for each student they have. */
export const notifiedGuardians = (tx: Tx, studentIds: readonly string[]): Promise<(PersonRow & { studentId: string })[]> =>
  studentIds.length === 0
    ? Promise.resolve([])
    : rows(
        tx,
        `SELECT p.*, g.student_id FROM guardianships g JOIN people p ON p.organisation_id = g.organisation_id AND p.id = g.guardian_id
         WHERE g.student_id = ANY(?::uuid[]) AND g.can_notify AND p.active ORDER BY g.student_id, p.id`,
        [`{${studentIds.join(',')}}`],
      );

/** The students of whom a guardian is to be told. */
export const studentsToldAbout = async (tx: Tx, guardianId: string): Promise<string[]> =>
  (
    await rows<{ studentId: string }>(
      tx,
      `SELECT g.student_id FROM guardianships g JOIN people p ON p.organisation_id = g.organisation_id AND p.id = g.guardian_id
       WHERE g.guardian_id = ? AND g.can_notify AND p.active ORDER BY g.student_id`,
      [guardianId],
    )
  ).map((g) => g.studentId);

/** A coordinator, with the shifts of the calendar that say when they are on duty. */
export type CoordinatorRow = PersonRow & { shifts: Shift[] };

export const coordinatorsWithShifts = (tx: Tx): Promise<CoordinatorRow[]> =>
  rows(tx, `SELECT p.*, ${SHIFTS_OF} AS shifts FROM people p WHERE p.kind = 'coordinator' AND p.active ORDER BY p.key`);

/** What each of these people, by the newest word on it, agrees to. No word is no consent. */
export async function agreedByAll(tx: Tx, personIds: readonly string[]): Promise<Record<'recording' | 'ai', boolean>> {
  const found = await rows<{ personId: string; kind: 'recording' | 'ai'; granted: boolean }>(
    tx,
    `SELECT DISTINCT ON (person_id, kind) person_id, kind, granted FROM consents
     WHERE person_id = ANY(?::uuid[]) ORDER BY person_id, kind, given_at DESC`,
    [`{${personIds.join(',')}}`],
  );
  const agreed = (kind: string): boolean => personIds.every((id) => found.some((c) => c.personId === id && c.kind === kind && c.granted));
  return { recording: agreed('recording'), ai: agreed('ai') };
}

/** Everyone whom another system knows by an id of its own. */
export const personIdsByExternalId = (tx: Tx): Promise<{ id: string; externalId: string }[]> =>
  rows(tx, 'SELECT id, external_id FROM people WHERE external_id IS NOT NULL');
