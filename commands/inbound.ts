import { z } from 'zod';
import { insertInbox } from '../db/inbox';
import { sessionIdByReference } from '../db/session-references';
import type { Database, Tx } from '../db/database';
import { newId } from '../domain/ids';

/** What a mapping made of what a sender said. */
export interface MappedFrom {
  name: string;
  row: string | null;
  ruleSetId: string;
  /** What the sender said, without what is not to be kept. */
  raw: string;
}

export interface InboundToStore {
  source: string;
  eventId: string;
  type: string;
  occurredAt: Date;
  body: string;
  asOf: Date;
  mapped?: MappedFrom;
}

export interface StoredInbound {
  id: string;
  duplicate: boolean;
}

interface Names {
  sessionId?: unknown;
  externalId?: unknown;
}
const namesIn = (body: string): Names => {
  try {
    return (JSON.parse(body) as { data?: Names }).data ?? {};
  } catch {
    return {};
  }
};

/** The session that a body names, so that its events are found without reading every waiting one; a body that is not ours names none. */
export async function sessionNamedIn(tx: Tx, body: string): Promise<string | null> {
  const { sessionId, externalId } = namesIn(body);
  const named = z.uuid().safeParse(sessionId).data;
  if (named !== undefined || typeof externalId !== 'string') return named ?? null;
  return (await sessionIdByReference(tx, externalId)) ?? null;
}

async function store(tx: Tx, { mapped, ...e }: InboundToStore): Promise<StoredInbound> {
  return insertInbox(tx, {
    id: newId(),
    source: e.source,
    eventId: e.eventId,
    type: e.type,
    occurredAt: e.occurredAt,
    receivedAt: e.asOf,
    body: e.body,
    sessionId: await sessionNamedIn(tx, e.body),
    raw: mapped?.raw ?? null,
    mapping: mapped?.name ?? null,
    mappingRow: mapped?.row ?? null,
    ruleSetId: mapped?.ruleSetId ?? null,
  });
}

/** Stores a verified event; it is applied by the worker, in event order. The same event id twice is one event. */
export const storeInbound = (db: Database, organisationId: string, e: InboundToStore): Promise<StoredInbound> =>
  db.inOrganisation(organisationId, (tx) => store(tx, e));

/** Stores what came together: all or nothing. */
export const storeAllInbound = (db: Database, organisationId: string, events: readonly InboundToStore[]): Promise<StoredInbound[]> =>
  db.inOrganisation(organisationId, async (tx) => {
    const stored: StoredInbound[] = [];
    for (const e of events) stored.push(await store(tx, e));
    return stored;
  });
