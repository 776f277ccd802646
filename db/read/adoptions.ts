import { row, rows, type Tx } from '../database';
import type { ListedAdoption } from '../adoptions';
import { cursorInstant, type PageRequest } from './scope';

const LISTED = `SELECT a.*, s.number, p.name AS started_by_name, n.*`;
const FROM = `FROM adoptions a JOIN rule_sets s ON s.organisation_id = a.organisation_id AND s.id = a.set_id
  LEFT JOIN principals p ON p.organisation_id = a.organisation_id AND p.id = a.started_by
  CROSS JOIN LATERAL (SELECT count(*)::int AS sessions, (count(*) FILTER (WHERE i.state = 'waiting'))::int AS waiting,
    (count(*) FILTER (WHERE i.state = 'failed'))::int AS failed, coalesce(sum(i.moved), 0)::int AS moved, coalesce(sum(i.added), 0)::int AS added,
    coalesce(sum(i.taken_back), 0)::int AS taken_back
    FROM adoption_items i WHERE i.organisation_id = a.organisation_id AND i.adoption_id = a.id) AS n`;

/** The newest first. */
export const adoptionPage = (tx: Tx, page: PageRequest): Promise<(ListedAdoption & { cursorAt: string })[]> =>
  rows(
    tx,
    `${LISTED}, ${cursorInstant('a.started_at')} ${FROM} ${page.after ? 'WHERE (a.started_at, a.id) < (?::timestamptz, ?::uuid)' : ''}
     ORDER BY a.started_at DESC, a.id DESC LIMIT ?`,
    [...(page.after ?? []), page.limit + 1],
  );

export const listedAdoption = (tx: Tx, id: string): Promise<ListedAdoption | undefined> => row(tx, `${LISTED} ${FROM} WHERE a.id = ?`, [id]);

/** Sessions that could not follow, each with its reason. */
export const failuresOf = (tx: Tx, id: string, limit: number): Promise<{ sessionId: string; why: string }[]> =>
  rows(tx, `SELECT session_id, why FROM adoption_items WHERE adoption_id = ? AND state = 'failed' ORDER BY session_id LIMIT ?`, [id, limit]);
