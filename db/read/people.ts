import type { PersonKind } from '../../domain/vocabulary';
import type { PersonRow } from '../people';
import { rows, row, type Tx } from '../database';
import type { PageRequest, Scope } from './scope';

export type ListedPerson = PersonRow & { externalId: string | null };

/**
 * Staff see everybody. An instructor sees themselves, those they have lessons with, and the guardians of those — names and
 * zones, but nobody else's address or number (RELIABILITY 2.17). Binds all, me ×4.
 */
const PERSON_VISIBLE = `(?::boolean OR p.id = ?::uuid
  OR EXISTS (SELECT 1 FROM participants mine JOIN participants theirs ON theirs.organisation_id = mine.organisation_id AND theirs.session_id = mine.session_id
    WHERE mine.organisation_id = p.organisation_id AND mine.person_id = ?::uuid AND theirs.person_id = p.id)
  OR EXISTS (SELECT 1 FROM participants mine
    JOIN participants theirs ON theirs.organisation_id = mine.organisation_id AND theirs.session_id = mine.session_id
    JOIN guardianships g ON g.organisation_id = theirs.organisation_id AND g.student_id = theirs.person_id
    WHERE mine.organisation_id = p.organisation_id AND mine.person_id = ?::uuid AND g.guardian_id = p.id))`;
const visibleBindings = (s: Scope): unknown[] => [s.all, s.personId, s.personId, s.personId];

const COLUMNS = `p.key, p.id, p.kind, p.name, p.given_name, p.zone, p.locale, p.channels, p.quiet_from, p.quiet_to, p.goals, p.external_id, p.version, p.active,
  CASE WHEN ?::boolean OR p.id = ?::uuid THEN p.email END AS email, CASE WHEN ?::boolean OR p.id = ?::uuid THEN p.phone END AS phone`;
const columnBindings = (s: Scope): unknown[] => [s.all, s.personId, s.all, s.personId];

export interface PeopleFilter {
  ids: readonly string[] | null;
  kind: PersonKind | null;
  externalId: string | null;
  active: boolean | null;
}

/** People in the order they were added. */
export function peoplePage(tx: Tx, filter: PeopleFilter, scope: Scope, page: PageRequest): Promise<ListedPerson[]> {
  const conditions = [PERSON_VISIBLE, 'p.key > ?'];
  const bindings: unknown[] = [...columnBindings(scope), ...visibleBindings(scope), page.after?.[0] ?? 0];
  const add = (condition: string, value: unknown): void => {
    conditions.push(condition);
    bindings.push(value);
  };
  if (filter.ids) add('p.id = ANY(?::uuid[])', `{${filter.ids.join(',')}}`);
  if (filter.kind) add('p.kind = ?', filter.kind);
  if (filter.externalId) add('p.external_id = ?', filter.externalId);
  if (filter.active !== null) add('p.active = ?', filter.active);
  return rows(tx, `SELECT ${COLUMNS} FROM people p WHERE ${conditions.join(' AND ')} ORDER BY p.key LIMIT ?`, [...bindings, page.limit + 1]);
}

export const visiblePerson = (tx: Tx, id: string, scope: Scope): Promise<ListedPerson | undefined> =>
  row(tx, `SELECT ${COLUMNS} FROM people p WHERE p.id = ? AND ${PERSON_VISIBLE}`, [...columnBindings(scope), id, ...visibleBindings(scope)]);

export interface GuardianshipRow {
  studentId: string;
  studentName: string;
  guardianId: string;
  guardianName: string;
  household: string;
  canNotify: boolean;
  canDecide: boolean;
}

/** Guardianships that these people are either side of. */
export const guardianshipsOf = (tx: Tx, ids: readonly string[]): Promise<GuardianshipRow[]> =>
  rows(
    tx,
    `SELECT g.student_id, s.name AS student_name, g.guardian_id, w.name AS guardian_name, g.household, g.can_notify, g.can_decide FROM guardianships g
     JOIN people s ON s.organisation_id = g.organisation_id AND s.id = g.student_id
     JOIN people w ON w.organisation_id = g.organisation_id AND w.id = g.guardian_id
     WHERE g.student_id = ANY(?::uuid[]) OR g.guardian_id = ANY(?::uuid[]) ORDER BY s.name, w.name, g.guardian_id`,
    [`{${ids.join(',')}}`, `{${ids.join(',')}}`],
  );

export interface ConsentRow {
  personId: string;
  kind: 'recording' | 'ai';
  granted: boolean;
  textVersion: string;
  method: string;
  givenAt: Date;
}

/** The newest word of each person on each kind. */
export const consentsOf = (tx: Tx, ids: readonly string[]): Promise<ConsentRow[]> =>
  rows(
    tx,
    `SELECT DISTINCT ON (person_id, kind) person_id, kind, granted, text_version, method, given_at FROM consents
     WHERE person_id = ANY(?::uuid[]) ORDER BY person_id, kind, given_at DESC`,
    [`{${ids.join(',')}}`],
  );
