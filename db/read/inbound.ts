import { row, rows, type Database, type Tx } from '../database';
import type { PageRequest } from './scope';

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
  mapping: string | null;
  mappingRow: string | null;
  ruleSetId: string | null;
}

const COLUMNS =
  'id, source, event_id, type, occurred_at, received_at, state, reason, session_id, applied_at, tries, mapping, mapping_row, rule_set_id';

/** What became of an event; without its body, which its sender has. */
export const inboundEvent = (tx: Tx, id: string): Promise<InboundRow | undefined> => row(tx, `SELECT ${COLUMNS} FROM inbox WHERE id = ?`, [id]);

/** Events by what became of them and who sent them, the newest first. */
export const inboundPage = (
  tx: Tx,
  { limit, after }: PageRequest,
  by: { state?: string | undefined; source?: string | undefined },
): Promise<InboundRow[]> =>
  rows(
    tx,
    `SELECT ${COLUMNS} FROM inbox WHERE (?::text IS NULL OR state = ?) AND (?::text IS NULL OR source = ?)
       AND (?::timestamptz IS NULL OR (received_at, id) < (?::timestamptz, ?::uuid)) ORDER BY received_at DESC, id DESC LIMIT ?`,
    [by.state ?? null, by.state ?? null, by.source ?? null, by.source ?? null, after?.[0] ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
  );

/** Whose source this is and its live secrets; crosses organisations by name alone. */
export const resolveSource = (
  db: Database,
  name: string,
): Promise<{ organisationId: string; name: string; secrets: string[]; mapping: string | null } | undefined> =>
  row(db.crossing, 'SELECT * FROM resolve_source(?)', [name]);
