import type { PersonKind } from '../domain/vocabulary';
import { row, write, type Tx } from './database';

export interface PersonFields {
  name: string;
  givenName: string;
  email: string | null;
  phone: string | null;
  zone: string;
  locale: string;
  channels: string[];
  quietFrom: string | null;
  quietTo: string | null;
  goals: string | null;
  externalId: string | null;
  active: boolean;
}

const COLUMNS: Record<keyof PersonFields, string> = {
  name: 'name',
  givenName: 'given_name',
  email: 'email',
  phone: 'phone',
  zone: 'zone',
  locale: 'locale',
  channels: 'channels',
  quietFrom: 'quiet_from',
  quietTo: 'quiet_to',
  goals: 'goals',
  externalId: 'external_id',
  active: 'active',
};
const FIELDS = Object.keys(COLUMNS) as (keyof PersonFields)[];

export async function insertPerson(tx: Tx, p: PersonFields & { id: string; kind: PersonKind }): Promise<void> {
  const names = ['id', 'kind', ...FIELDS.map((f) => COLUMNS[f])];
  await write(tx, `INSERT INTO people (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`, [p.id, p.kind, ...FIELDS.map((f) => p[f])]);
}

/** Not FOR UPDATE: whoever lays down what the person is owed meanwhile names their row, and waits for nobody's change of it. */
export const lockPerson = (tx: Tx, id: string): Promise<(PersonFields & { id: string; kind: PersonKind; version: number }) | undefined> =>
  row(tx, 'SELECT * FROM people WHERE id = ? FOR NO KEY UPDATE', [id]);

export const personIdOf = async (tx: Tx, externalId: string): Promise<string | undefined> =>
  (await row<{ id: string }>(tx, 'SELECT id FROM people WHERE external_id = ?', [externalId]))?.id;

/** Writes the fields that are given and grows the version; gives the new one. The caller holds the row's lock. */
export async function updatePersonRow(tx: Tx, id: string, fields: Partial<PersonFields>): Promise<number> {
  const given = FIELDS.filter((f) => fields[f] !== undefined);
  const sets = [...given.map((f) => `${COLUMNS[f]} = ?`), 'version = version + 1'];
  const updated = await row<{ version: number }>(tx, `UPDATE people SET ${sets.join(', ')} WHERE id = ? RETURNING version`, [
    ...given.map((f) => fields[f]),
    id,
  ]);
  return updated!.version;
}

export interface Ward {
  studentId: string;
  household: string;
  canNotify: boolean;
  canDecide: boolean;
}

/** Replaces whose guardian somebody is. The students must exist; the foreign key says so otherwise (23503). */
export async function replaceWards(tx: Tx, guardianId: string, wards: readonly Ward[]): Promise<void> {
  await write(tx, 'DELETE FROM guardianships WHERE guardian_id = ?', [guardianId]);
  for (const w of wards) {
    await write(tx, 'INSERT INTO guardianships (student_id, guardian_id, household, can_notify, can_decide) VALUES (?, ?, ?, ?, ?)', [
      w.studentId,
      guardianId,
      w.household,
      w.canNotify,
      w.canDecide,
    ]);
  }
}

export interface ConsentFields {
  kind: 'recording' | 'ai';
  granted: boolean;
  textVersion: string;
  method: string;
}

export async function insertConsent(tx: Tx, c: ConsentFields & { id: string; personId: string; givenBy: string; givenAt: Date }): Promise<void> {
  await write(tx, 'INSERT INTO consents (id, person_id, kind, granted, text_version, method, given_by, given_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)', [
    c.id,
    c.personId,
    c.kind,
    c.granted,
    c.textVersion,
    c.method,
    c.givenBy,
    c.givenAt,
  ]);
}

/** The roles of principals follow from these; see ensurePrincipal in commands/people. */
export const principalOfPerson = (tx: Tx, personId: string): Promise<{ id: string } | undefined> =>
  row(tx, 'SELECT id FROM principals WHERE person_id = ? LIMIT 1', [personId]);
