import { row, rows, type Tx } from '../database';
import type { SeriesRow } from '../series';
import { cursorInstant, scopeBindings, type PageRequest, type Scope } from './scope';

export type ListedSeries = SeriesRow & { cursorAt: string };

/** Instructors see the series that they teach. Binds scopeBindings. */
const SERIES_VISIBLE = '(?::boolean OR s.instructor_id = ?::uuid)';

/** Series, the newest first: one more than `limit`, to tell whether there is a next page. */
export function seriesPage(
  tx: Tx,
  filter: { personId: string | null; state: SeriesRow['state'] | null },
  scope: Scope,
  page: PageRequest,
): Promise<ListedSeries[]> {
  const conditions = [SERIES_VISIBLE];
  const bindings: unknown[] = scopeBindings(scope);
  const add = (condition: string, ...values: unknown[]): void => {
    conditions.push(condition);
    bindings.push(...values);
  };
  if (filter.state) add('s.state = ?', filter.state);
  if (filter.personId) {
    add(
      `(s.instructor_id = ? OR EXISTS (SELECT 1 FROM series_students t WHERE t.organisation_id = s.organisation_id AND t.series_id = s.id AND t.person_id = ?))`,
      filter.personId,
      filter.personId,
    );
  }
  if (page.after) add('(s.created_at, s.id) < (?::timestamptz, ?::uuid)', ...page.after);
  return rows(
    tx,
    `SELECT s.*, ${cursorInstant('s.created_at')} FROM series s WHERE ${conditions.join(' AND ')} ORDER BY s.created_at DESC, s.id DESC LIMIT ?`,
    [...bindings, page.limit + 1],
  );
}

/** One series, if the reader may see it. */
export const visibleSeries = (tx: Tx, id: string, scope: Scope): Promise<ListedSeries | undefined> =>
  row(tx, `SELECT s.*, ${cursorInstant('s.created_at')} FROM series s WHERE s.id = ? AND ${SERIES_VISIBLE}`, [id, ...scopeBindings(scope)]);

/** The series that a session is a lesson of, and the time of the rule that it is known by there. */
export const seriesOfSession = (tx: Tx, sessionId: string): Promise<(Pick<SeriesRow, 'id' | 'state' | 'rrule'> & { original: string }) | undefined> =>
  row(
    tx,
    `SELECT s.id, s.state, s.rrule, o.original FROM occurrences o JOIN series s ON s.organisation_id = o.organisation_id AND s.id = o.series_id
     WHERE o.session_id = ?`,
    [sessionId],
  );
