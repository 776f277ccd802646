import type { ConsentFields } from '../write-people';
import type { PersonRow } from '../people';
import { recordset, rows, write, type Tx } from '../database';

export interface KnownPerson extends PersonRow {
  externalId: string | null;
}

/** Everybody of the organisation: an import compares its rows with them in one go. */
export const everybody = (tx: Tx): Promise<KnownPerson[]> =>
  rows(
    tx,
    `SELECT key, id, kind, name, given_name, email, phone, zone, locale, channels, quiet_from, quiet_to, goals, external_id, version, active FROM people`,
  );

const FIELDS = 'name, given_name, email, phone, zone, locale, channels, quiet_from, quiet_to, goals, active';

export const insertPeople = (tx: Tx, people: readonly object[]): Promise<{ id: string; key: number }[]> =>
  rows(
    tx,
    `INSERT INTO people (id, kind, external_id, ${FIELDS})
     SELECT id, kind, external_id, ${FIELDS} FROM jsonb_populate_recordset(null::people, ?) RETURNING id, key`,
    [recordset(people)],
  );

export async function updatePeople(tx: Tx, people: readonly object[]): Promise<void> {
  const sets = FIELDS.split(', ').map((f) => `${f} = n.${f}`);
  await write(
    tx,
    `UPDATE people p SET ${sets.join(', ')}, version = p.version + 1 FROM jsonb_populate_recordset(null::people, ?) n WHERE p.id = n.id`,
    [recordset(people)],
  );
}

/** The principals of new staff, a role each. */
export async function insertStaff(tx: Tx, staff: readonly { id: string; personId: string; name: string; role: string }[]): Promise<void> {
  await write(
    tx,
    `WITH given AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(?) AS g(id uuid, person_id uuid, name text, role text)),
       p AS (INSERT INTO principals (id, kind, name, person_id) SELECT id, 'person', name, person_id FROM given RETURNING id)
     INSERT INTO memberships (principal_id, role) SELECT g.id, g.role FROM given g JOIN p ON p.id = g.id`,
    [recordset(staff)],
  );
}

export interface KnownConsent {
  personId: string;
  kind: ConsentFields['kind'];
  granted: boolean;
}

/** The newest word of everybody on each kind. */
export const everyConsent = (tx: Tx): Promise<KnownConsent[]> =>
  rows(tx, 'SELECT DISTINCT ON (person_id, kind) person_id, kind, granted FROM consents ORDER BY person_id, kind, given_at DESC');

export async function insertConsents(tx: Tx, consents: readonly object[]): Promise<void> {
  await write(
    tx,
    `INSERT INTO consents (id, person_id, kind, granted, text_version, method, given_by, given_at)
     SELECT id, person_id, kind, granted, text_version, method, given_by, given_at FROM jsonb_populate_recordset(null::consents, ?)`,
    [recordset(consents)],
  );
}

export interface KnownGuardianship {
  studentId: string;
  guardianId: string;
  household: string;
  canNotify: boolean;
  canDecide: boolean;
}

export const everyGuardianship = (tx: Tx): Promise<KnownGuardianship[]> =>
  rows(tx, 'SELECT student_id, guardian_id, household, can_notify, can_decide FROM guardianships');

export async function upsertGuardianships(tx: Tx, list: readonly KnownGuardianship[]): Promise<void> {
  await write(
    tx,
    `INSERT INTO guardianships (student_id, guardian_id, household, can_notify, can_decide)
     SELECT student_id, guardian_id, household, can_notify, can_decide FROM jsonb_populate_recordset(null::guardianships, ?)
     ON CONFLICT (organisation_id, student_id, guardian_id)
     DO UPDATE SET household = excluded.household, can_notify = excluded.can_notify, can_decide = excluded.can_decide`,
    [recordset(list)],
  );
}

/** Which of these people have a session that is not over. */
export const withOpenSessions = async (tx: Tx, personIds: readonly string[]): Promise<Set<string>> => {
  const found = await rows<{ personId: string }>(
    tx,
    `SELECT DISTINCT p.person_id FROM participants p JOIN sessions s ON s.organisation_id = p.organisation_id AND s.id = p.session_id
     WHERE s.closed_at IS NULL AND p.person_id = ANY(?::uuid[])`,
    [`{${personIds.join(',')}}`],
  );
  return new Set(found.map((p) => p.personId));
};

/** Ends what would tell somebody of lessons of these students that they know of; gives the sessions it concerned. */
export const hushAnnouncements = async (
  tx: Tx,
  { personId, aboutIds }: { personId: string; aboutIds: readonly string[] },
  reason: string,
  at: Date,
): Promise<string[]> =>
  (
    await rows<{ sessionId: string }>(
      tx,
      `UPDATE obligations SET state = 'suppressed', reason = ?, ended_at = ?, version = version + 1
       WHERE person_id = ? AND about_id = ANY(?::uuid[]) AND state = 'planned' AND kind IN ('confirmation', 'assignment') RETURNING session_id`,
      [reason, at, personId, `{${aboutIds.join(',')}}`],
    )
  ).map((o) => o.sessionId);
