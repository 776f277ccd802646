import { recordset, rows, write, type Tx } from './database';
import { outboundTypeOf } from '../domain/outbound';
import type { Json } from '../policy/types';

export interface TimelineEntry {
  sessionId: string;
  rev: number;
  at: Date;
  /** What happened: "session.booked", "message.delivered", … */
  kind: string;
  /** Who did it: a principal's id, or "lectern". Never a name. */
  actor: string;
  data?: Record<string, Json>;
  decisionId?: string | null;
}

export const TIMELINE_FROM_JSON = `INSERT INTO timeline (session_id, rev, at, kind, actor, data, decision_id, event)
  SELECT * FROM jsonb_to_recordset(?) AS e(session_id uuid, rev integer, at timestamptz, kind text, actor text, data jsonb, decision_id uuid, event text)`;

/** `event` is what whoever listens by webhook knows it as: the database lays down what they are told of it with it. */
export const timelineJson = (list: TimelineEntry[]): string =>
  recordset(list.map((entry) => ({ ...entry, data: entry.data ?? {}, event: outboundTypeOf(entry) })));

/** Appends to what a session lived through; one line a fact, never changed afterwards. */
export async function addToTimeline(tx: Tx, entries: TimelineEntry | TimelineEntry[]): Promise<void> {
  const list = Array.isArray(entries) ? entries : [entries];
  if (list.length === 0) return;
  await write(tx, TIMELINE_FROM_JSON, [timelineJson(list)]);
  for (const id of new Set(list.map((e) => e.sessionId))) tx.notify('lectern_timeline', id);
}

/**
 * Asks the relay to wake the session's workflow. One undelivered wake a session is enough; asking again while one is on its way
 * raises its generation, so that a wake that was read before this transaction is not taken for this one.
 */
export const wake = (tx: Tx, sessionId: string): Promise<void> => wakeAll(tx, [sessionId]);

export async function wakeAll(tx: Tx, sessionIds: readonly string[]): Promise<void> {
  if (sessionIds.length === 0) return;
  await write(
    tx,
    `INSERT INTO outbox (session_id) SELECT unnest(?::uuid[])
     ON CONFLICT (organisation_id, session_id) WHERE delivered_at IS NULL DO UPDATE SET generation = outbox.generation + 1`,
    [`{${sessionIds.join(',')}}`],
  );
  tx.notify('lectern_outbox');
}

export interface StoredEntry {
  id: number;
  sessionId: string;
  rev: number;
  at: Date;
  kind: string;
  actor: string;
  data: Record<string, Json>;
  decisionId: string | null;
}

export const timelineSince = (tx: Tx, sessionId: string, afterId: number): Promise<StoredEntry[]> =>
  rows(tx, 'SELECT * FROM timeline WHERE session_id = ? AND id > ? ORDER BY id', [sessionId, afterId]);
