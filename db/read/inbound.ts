import { row, type Database, type Tx } from '../database';

export interface InboundRow {
  id: string;
  source: string;
  eventId: string;
  type: string;
  occurredAt: Date | null;
  receivedAt: Date;
  state: 'received' | 'applied' | 'ignored' | 'refused';
  reason: string | null;
  sessionId: string | null;
  appliedAt: Date | null;
  tries: number;
}

/** What became of an event; without its body, which its sender has. */
export const inboundEvent = (tx: Tx, id: string): Promise<InboundRow | undefined> =>
  row(tx, 'SELECT id, source, event_id, type, occurred_at, received_at, state, reason, session_id, applied_at, tries FROM inbox WHERE id = ?', [id]);

/** Whose source this is and its live secrets; crosses organisations by name alone. */
export const resolveSource = (db: Database, name: string): Promise<{ organisationId: string; name: string; secrets: string[] } | undefined> =>
  row(db.crossing, 'SELECT * FROM resolve_source(?)', [name]);
