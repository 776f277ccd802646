import { row, rows, write, type Tx } from './database';

/** The lesson that somebody outside knows by a reference of theirs: the one it was booked under, or one that it was given since. */
export const sessionIdByReference = async (tx: Tx, reference: string): Promise<string | undefined> =>
  (
    await row<{ id: string }>(
      tx,
      `SELECT id FROM sessions WHERE external_id = ? UNION ALL SELECT session_id FROM session_references WHERE reference = ? LIMIT 1`,
      [reference, reference],
    )
  )?.id;

/** A further reference of a lesson; the first lesson that it was given to keeps it. */
export const referToSession = (tx: Tx, r: { reference: string; sessionId: string; at: Date }): Promise<void> =>
  write(tx, 'INSERT INTO session_references (reference, session_id, given_at) VALUES (?, ?, ?) ON CONFLICT (organisation_id, reference) DO NOTHING', [
    r.reference,
    r.sessionId,
    r.at,
  ]);

/** Whom another system knows by an id of its own. */
export const personIdByExternalId = async (tx: Tx, externalId: string): Promise<string | undefined> =>
  (await row<{ id: string }>(tx, 'SELECT id FROM people WHERE external_id = ?', [externalId]))?.id;

/** Active people at one of these addresses; a guardian once for each of their students. Addresses are compared in small letters. */
export const peopleAt = (tx: Tx, emails: readonly string[]): Promise<{ email: string; kind: string; id: string; studentId: string | null }[]> =>
  rows(
    tx,
    `SELECT lower(p.email) AS email, p.kind, p.id, g.student_id FROM people p
     LEFT JOIN guardianships g ON g.organisation_id = p.organisation_id AND g.guardian_id = p.id
     WHERE p.active AND lower(p.email) = ANY(?::text[]) ORDER BY p.id, g.student_id`,
    [emails.map((e) => e.toLowerCase())],
  );
