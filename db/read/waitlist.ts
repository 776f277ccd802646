import type { WaitlistRow } from '../waitlist';
import { row, rows, type Tx } from '../database';
import { cursorInstant, type PageRequest } from './scope';

export type ListedEntry = WaitlistRow & { personName: string; cursorAt: string };

const FROM = `SELECT w.*, p.name AS person_name, ${cursorInstant('w.added_at')} FROM waitlist w
  JOIN people p ON p.organisation_id = w.organisation_id AND p.id = w.person_id`;

/** Who waits or waited for a place in a session, in the order in which they came. */
export const waitlistOf = (tx: Tx, sessionId: string, page: PageRequest): Promise<ListedEntry[]> =>
  rows(
    tx,
    `${FROM} WHERE w.session_id = ?${page.after ? ' AND (w.added_at, w.id) > (?::timestamptz, ?::uuid)' : ''} ORDER BY w.added_at, w.id LIMIT ?`,
    [sessionId, ...(page.after ?? []), page.limit + 1],
  );

export const listedEntry = (tx: Tx, id: string): Promise<ListedEntry | undefined> => row(tx, `${FROM} WHERE w.id = ?`, [id]);
