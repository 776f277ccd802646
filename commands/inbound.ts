import { insertInbox } from '../db/inbox';
import type { Database } from '../db/database';
import { newId } from '../domain/ids';

export interface InboundToStore {
  source: string;
  eventId: string;
  type: string;
  occurredAt: Date;
  body: string;
  asOf: Date;
}

/** Stores a verified event; it is applied by the worker, in event order. The same event id twice is one event. */
export function storeInbound(db: Database, organisationId: string, e: InboundToStore): Promise<{ id: string; duplicate: boolean }> {
  return db.inOrganisation(organisationId, (tx) =>
    insertInbox(tx, { id: newId(), source: e.source, eventId: e.eventId, type: e.type, occurredAt: e.occurredAt, receivedAt: e.asOf, body: e.body }),
  );
}
