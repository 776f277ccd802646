import { rows, type Tx } from '../database';
import { cursorInstant, type PageRequest } from './scope';

export interface MessageRow {
  id: string;
  sessionId: string;
  personId: string;
  personName: string;
  obligationId: string;
  obligationState: string;
  evidence: string | null;
  kind: string;
  step: string;
  channel: string;
  n: number;
  state: 'claimed' | 'sent' | 'failed';
  recipient: string;
  subject: string | null;
  bodyText: string;
  bodyHtml: string | null;
  zone: string;
  locale: string;
  error: string | null;
  claimedAt: Date;
  sentAt: Date | null;
  cursorAt: string;
}

/** What went out and to whom, the newest first. */
export function messagePage(tx: Tx, filter: { sessionId: string | null; personId: string | null }, page: PageRequest): Promise<MessageRow[]> {
  const conditions: string[] = [];
  const bindings: unknown[] = [];
  if (filter.sessionId) {
    conditions.push('a.session_id = ?');
    bindings.push(filter.sessionId);
  }
  if (filter.personId) {
    conditions.push('a.person_id = ?');
    bindings.push(filter.personId);
  }
  if (page.after) {
    // The newest first, ids upwards within one instant: the order of the index attempts_recent.
    conditions.push('a.claimed_at <= ?::timestamptz AND (a.claimed_at < ?::timestamptz OR a.id > ?::uuid)');
    bindings.push(page.after[0], page.after[0], page.after[1]);
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  return rows(
    tx,
    `SELECT a.id, a.session_id, a.person_id, p.name AS person_name, p.locale, a.obligation_id, o.state AS obligation_state, o.evidence, o.kind, o.step, a.channel,
       a.n, a.state, a.recipient, a.subject, a.body_text, a.body_html, a.zone, a.error, a.claimed_at, a.sent_at, ${cursorInstant('a.claimed_at')}
     FROM attempts a JOIN obligations o ON o.organisation_id = a.organisation_id AND o.id = a.obligation_id
     JOIN people p ON p.organisation_id = a.organisation_id AND p.id = a.person_id ${where} ORDER BY a.claimed_at DESC, a.id LIMIT ?`,
    [...bindings, page.limit + 1],
  );
}

export interface AttemptRow {
  id: string;
  obligationId: string;
  channel: string;
  n: number;
  state: string;
  claimedAt: Date;
  sentAt: Date | null;
  error: string | null;
}
export const attemptsOf = (tx: Tx, obligationIds: readonly string[]): Promise<AttemptRow[]> =>
  rows(
    tx,
    `SELECT id, obligation_id, channel, n, state, claimed_at, sent_at, error FROM attempts WHERE obligation_id = ANY(?::uuid[]) ORDER BY claimed_at, n, id`,
    [`{${obligationIds.join(',')}}`],
  );
