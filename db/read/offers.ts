import type { OfferState } from '../../domain/vocabulary';
import type { OfferRow } from '../offers';
import { row, rows, type Tx } from '../database';
import { cursorInstant, type PageRequest, type Scope } from './scope';

export type ListedOffer = OfferRow & {
  sessionTitle: string;
  sessionStartsAt: Date;
  sessionEndsAt: Date;
  sessionSubject: string | null;
  personName: string;
  students: number;
  cursorAt: string;
};

/** Staff see every offer, an instructor those made to them. Binds twice. */
const FROM = `
  SELECT o.*, s.title AS session_title, s.starts_at AS session_starts_at, s.ends_at AS session_ends_at, s.subject AS session_subject, p.name AS person_name,
    (SELECT count(*) FROM participants q WHERE q.organisation_id = o.organisation_id AND q.session_id = o.session_id AND q.role = 'student') AS students,
    ${cursorInstant('o.offered_at')}
  FROM offers o
  JOIN sessions s ON s.organisation_id = o.organisation_id AND s.id = o.session_id
  JOIN people p ON p.organisation_id = o.organisation_id AND p.id = o.person_id
  WHERE (?::boolean OR o.person_id = ?::uuid)`;
const scoped = (scope: Scope): unknown[] => [scope.all, scope.personId];

export interface OfferFilter {
  sessionId: string | null;
  state: OfferState | null;
}

/** The newest first. */
export function offerPage(tx: Tx, filter: OfferFilter, scope: Scope, page: PageRequest): Promise<ListedOffer[]> {
  const conditions: string[] = [];
  const bindings = scoped(scope);
  const add = (condition: string, ...values: unknown[]): void => {
    conditions.push(` AND ${condition}`);
    bindings.push(...values);
  };
  if (filter.sessionId) add('o.session_id = ?', filter.sessionId);
  if (filter.state) add('o.state = ?', filter.state);
  if (page.after) add('(o.offered_at, o.id) < (?::timestamptz, ?::uuid)', ...page.after);
  return rows(tx, `${FROM}${conditions.join('')} ORDER BY o.offered_at DESC, o.id DESC LIMIT ?`, [...bindings, page.limit + 1]);
}

export const visibleOffer = (tx: Tx, id: string, scope: Scope): Promise<ListedOffer | undefined> =>
  row(tx, `${FROM} AND o.id = ?`, [...scoped(scope), id]);
