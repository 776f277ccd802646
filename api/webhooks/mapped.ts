import type { Response } from 'express';
import { storeAllInbound, type InboundToStore, type StoredInbound } from '../../commands/inbound';
import { mapped, mappingInForce, toStore, type InForce } from '../../commands/map-inbound';
import { LecternError } from '../../domain/errors';
import { answerChallenge, type Mapped } from '../../policy/inbound/map';
import type { CompiledMapping } from '../../policy/inbound/types';
import type { Json } from '../../policy/types';
import { parseDuration } from '../../policy/units';
import type { ApiDeps } from '../deps';
import { realNow } from '../real-time';
import { readEvents } from './bodies';
import { signedWith, verifyDelivery, type Delivery } from './schemes';

export interface MappedSource {
  organisationId: string;
  name: string;
  secrets: string[];
  mapping: string;
}

/** Without a time in what is signed, the event's own says whether it is a repeat of long ago; what has none becomes no event of ours. */
function assertFresh({ document }: CompiledMapping, { atMs }: Mapped, now: Date): void {
  const { freshness } = document.verify;
  if (freshness === undefined) return;
  if (atMs !== null && Math.abs(+now - atMs) > parseDuration(freshness)!)
    throw new LecternError('stale-webhook', `The event is not of the last ${freshness}, by its own time.`);
}

function answer(res: Response, stored: (StoredInbound | null)[]): void {
  const [first] = stored.filter((s) => s !== null);
  const isNew = stored.some((s) => s !== null && !s.duplicate);
  const receipt = (s: StoredInbound | null): { id: string | null; duplicate: boolean } => ({ id: s?.id ?? null, duplicate: s?.duplicate ?? false });
  if (first) res.location(`/v1/inbound/${first.id}`);
  res
    .status(isNew ? 202 : 200)
    .set('cache-control', 'no-store')
    .json({ ...receipt(first ?? null), ...(stored.length > 1 && { events: stored.map(receipt) }) });
}

/** Stores what a sender says, each event as its mapping reads it, and answers with what became of each. */
export async function takeEvents(
  deps: ApiDeps,
  res: Response,
  {
    organisationId,
    source,
    inForce,
    events,
    ownId = null,
  }: { organisationId: string; source: string; inForce: InForce; events: Json[]; ownId?: string | null },
): Promise<void> {
  const asOf = deps.clock();
  const { mapping } = inForce;
  const list: (InboundToStore | null)[] = events.map((payload) => {
    const result = mapped(mapping, payload);
    assertFresh(mapping, result, realNow());
    const event = toStore(inForce, payload, { source, businessAt: deps.businessAt, asOf, result });
    // The id that was signed is the event's, whatever stands in the body.
    return event && ownId !== null && events.length === 1 ? { ...event, eventId: ownId } : event;
  });
  const stored = await storeAllInbound(
    deps.db,
    organisationId,
    list.filter((e) => e !== null),
  );
  const rest = [...stored];
  answer(
    res,
    list.map((e) => (e === null ? null : rest.shift()!)),
  );
}

/** Takes a webhook of a sender that speaks in its own words: verified as its mapping says, read, stored, answered; a worker applies it. */
export async function receiveMapped(deps: ApiDeps, res: Response, source: MappedSource, delivery: Delivery): Promise<void> {
  const { organisationId, secrets, name } = source;
  const inForce = await deps.db.inOrganisation(organisationId, (tx) => mappingInForce(tx, source.mapping));
  const { mapping } = inForce;
  const { id: ownId } = await verifyDelivery({ delivery, verify: mapping.document.verify, secrets, now: realNow() });
  const events = readEvents(mapping, delivery.bytes);
  const reply = events.length === 1 ? answerChallenge(mapping, events[0]!, signedWith(secrets)) : null;
  if (reply) return void res.status(200).set('cache-control', 'no-store').json(reply);
  await takeEvents(deps, res, { organisationId, source: name, inForce, events, ownId });
}
