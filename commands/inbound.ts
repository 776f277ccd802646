import { z } from 'zod';
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

/** The session that a body names, so that its events are found without reading every waiting one; a body that is not ours names none. */
function sessionNamedIn(body: string): string | null {
  try {
    const { data } = JSON.parse(body) as { data?: { sessionId?: unknown } };
    return z.uuid().safeParse(data?.sessionId).data ?? null;
  } catch {
    return null;
  }
}

/** Stores a verified event; it is applied by the worker, in event order. The same event id twice is one event. */
export function storeInbound(db: Database, organisationId: string, e: InboundToStore): Promise<{ id: string; duplicate: boolean }> {
  return db.inOrganisation(organisationId, (tx) =>
    insertInbox(tx, {
      id: newId(),
      source: e.source,
      eventId: e.eventId,
      type: e.type,
      occurredAt: e.occurredAt,
      receivedAt: e.asOf,
      body: e.body,
      sessionId: sessionNamedIn(e.body),
    }),
  );
}
