import { addAudit } from '../db/audit';
import { inboxById, mapInboxAgain, type InboxRow } from '../db/inbox';
import type { Tx } from '../db/database';
import { loadActiveSet } from '../decisions/rule-sets';
import { LecternError, notFound } from '../domain/errors';
import { keptOf, mapEvent, type Mapped } from '../policy/inbound/map';
import type { CompiledMapping } from '../policy/inbound/types';
import type { Json } from '../policy/types';
import type { Context } from './context';
import { sessionNamedIn, type InboundToStore } from './inbound';
import { EVENT_FIELDS } from './inbound-fields';

/** A mapping, and the rule set in force that it stands in. */
export interface InForce {
  setId: string;
  mapping: CompiledMapping;
}
/** Errors: `no-rules` where the set in force has none of the name. */
export async function mappingInForce(tx: Tx, name: string): Promise<InForce> {
  const { id: setId, compiled } = await loadActiveSet(tx);
  const mapping = compiled.mappings.find((m) => m.name === name);
  if (!mapping) {
    const remedy = `publish rules/inbound/${name}.json, and have it sent again`;
    throw new LecternError('no-rules', `The rules in force have no mapping "${name}", by which this sender is read; ${remedy}.`);
  }
  return { setId, mapping };
}

export const mapped = (mapping: CompiledMapping, payload: Json): Mapped => mapEvent(mapping, payload, EVENT_FIELDS);

/** When an event counts from: its own time, in business time, else its arrival. */
export type BusinessAt = (realMs: number) => Date;

type Told = Pick<InboundToStore, 'eventId' | 'type' | 'occurredAt' | 'body'> & { row: string | null };

/** An event of a sender in our words; what is not ours keeps the sender's word, behind the mapping's name: nothing of it is taken for an event of ours. */
function told(name: string, { said, end, eventId, atMs }: Mapped, businessAt: BusinessAt, asOf: Date): Told {
  const occurredAt = atMs === null ? asOf : businessAt(atMs);
  const timestamp = occurredAt.toISOString();
  const other = `${name}:${said}`;
  if (end.kind === 'event') {
    return { eventId, type: end.event, occurredAt, row: end.row, body: JSON.stringify({ type: end.event, timestamp, data: end.data, said }) };
  }
  if (end.kind === 'unmapped') {
    const { reason, place, remedy } = end;
    return { eventId, type: other, occurredAt, row: end.row, body: JSON.stringify({ type: other, timestamp, unmapped: { reason, place, remedy } }) };
  }
  return { eventId, type: other, occurredAt, row: null, body: JSON.stringify({ type: other, timestamp }) };
}

/** What is stored of one event of a sender; null when its mapping drops it. */
export function toStore(
  { setId, mapping }: InForce,
  payload: Json,
  { source, businessAt, asOf, result }: { source: string; businessAt: BusinessAt; asOf: Date; result: Mapped },
): InboundToStore | null {
  if (result.end.kind === 'dropped') return null;
  const { row, ...event } = told(mapping.name, result, businessAt, asOf);
  return { ...event, source, asOf, mapped: { name: mapping.name, row, ruleSetId: setId, raw: JSON.stringify(keptOf(mapping, payload)) } };
}

/**
 * Maps an event again that could not be mapped or applied, by the rules in force now; it then waits to be applied. Errors: `not-found`,
 * `illegal-move` for one that was applied, or that its sender said in our words; `no-rules` where there is no such mapping.
 */
export function mapAgain(ctx: Context, id: string, businessAt: BusinessAt): Promise<{ id: string; type: string }> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const event: InboxRow | undefined = await inboxById(tx, id);
    if (!event) throw notFound('inbound event', id);
    if (event.mapping === null || event.raw === null)
      throw new LecternError('illegal-move', `Event ${id} was sent in our own words; its sender has to send it again, under another id.`);
    const inForce = await mappingInForce(tx, event.mapping);
    const payload = JSON.parse(event.raw) as Json;
    const result = mapped(inForce.mapping, payload);
    const stored = toStore(inForce, payload, { source: event.source, businessAt, asOf: event.receivedAt, result });
    if (stored === null) throw new LecternError('illegal-move', `The mapping "${event.mapping}" says that events like ${id} are not to be kept.`);
    const sessionId = await sessionNamedIn(tx, stored.body);
    const { type, occurredAt, body } = stored;
    const isWaiting = await mapInboxAgain(tx, id, { type, occurredAt, body, sessionId, mappingRow: stored.mapped!.row, ruleSetId: inForce.setId });
    if (!isWaiting) throw new LecternError('illegal-move', `Event ${id} is ${event.state}; only one that was refused or ignored is mapped again.`);
    await addAudit(tx, ctx, 'inbound.again', 'inbound', id);
    return { id, type };
  });
}
