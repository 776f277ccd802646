import { row, rows, type Tx } from '../database';
import type { ClosureRow } from '../closures';
import { cursorInstant, type PageRequest } from './scope';

export type ListedClosure = ClosureRow & { cursorAt: string };

/** Closures (`person` false) or time off (true), the newest first. */
export function closurePage(tx: Tx, filter: { ofPeople: boolean; state: ClosureRow['state'] | null }, page: PageRequest): Promise<ListedClosure[]> {
  const conditions = [`(c.person_id IS NOT NULL) = ?`];
  const bindings: unknown[] = [filter.ofPeople];
  if (filter.state) {
    conditions.push('c.state = ?');
    bindings.push(filter.state);
  }
  if (page.after) {
    conditions.push('(c.created_at, c.id) < (?::timestamptz, ?::uuid)');
    bindings.push(...page.after);
  }
  return rows(
    tx,
    `SELECT c.*, ${cursorInstant('c.created_at')} FROM closures c WHERE ${conditions.join(' AND ')} ORDER BY c.created_at DESC, c.id DESC LIMIT ?`,
    [...bindings, page.limit + 1],
  );
}

export const closureOfKind = (tx: Tx, id: string, ofPeople: boolean): Promise<ListedClosure | undefined> =>
  row(tx, `SELECT c.*, ${cursorInstant('c.created_at')} FROM closures c WHERE c.id = ? AND (c.person_id IS NOT NULL) = ?`, [id, ofPeople]);
