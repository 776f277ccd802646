import { endSearchRow, openSearchOf, type SearchRow } from '../../db/searches';
import { releaseOffers, type OfferRow } from '../../db/offers';
import { withdrawHeldStep } from '../../db/held-steps';
import { obligationsOf, suppressObligations } from '../../db/obligations';
import { peopleById } from '../../db/people';
import type { SessionRow } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { planEvents } from '../plan';

export interface End {
  state: 'found' | 'held' | 'cancelled' | 'ended';
  /** A word for why: "covered", "session-cancelled", "lesson-over". */
  reason: string;
  asOf: Date;
  /** Nobody is told: the search goes on to a coordinator, say. */
  isQuiet?: boolean;
}

/** Of these offers, the ones whose message has left or is leaving; what is still unsent of the others is taken back. */
export async function takeBackUnsent(tx: Tx, sessionId: string, offers: readonly OfferRow[], asOf: Date): Promise<OfferRow[]> {
  if (offers.length === 0) return [];
  const owed = (await obligationsOf(tx, sessionId)).filter((o) => o.kind === 'offer');
  const messagesOf = (offer: OfferRow) => owed.filter((o) => o.personId === offer.personId && +o.anchorAt === +offer.offeredAt);
  const unsent = offers.flatMap(messagesOf).filter((o) => o.state === 'planned');
  await suppressObligations(
    tx,
    unsent.map((o) => o.id),
    'offer-ended',
    asOf,
  );
  return offers.filter((offer) => messagesOf(offer).some((o) => ['claimed', 'in-doubt', 'delivered', 'failed-over'].includes(o.state)));
}

/** Ends a search: what still stands is released, and who knows of an offer is told once that it is not needed any more. */
export async function endSearch(tx: Tx, session: SessionRow, search: SearchRow, { state, reason, asOf, isQuiet = false }: End): Promise<void> {
  await endSearchRow(tx, search.id, { state, reason, at: asOf });
  const told = await takeBackUnsent(tx, session.id, await releaseOffers(tx, search.id, reason, asOf), asOf);
  if (state !== 'held') await withdrawHeldStep(tx, session.id, 'substitute', session.id, asOf);
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: state === 'found' ? 'substitute.found' : 'substitute.search-ended',
    actor: 'lectern',
    data: { reason },
  });
  if (told.length === 0 || isQuiet) return;
  const substitutes = await peopleById(
    tx,
    told.map((o) => o.personId),
  );
  await planEvents(tx, session, { event: 'substitute-released', asOf, substitutes });
}

/** Ends the search of a session that is open, if one is. */
export async function endOpenSearch(tx: Tx, session: SessionRow, end: End): Promise<void> {
  const open = await openSearchOf(tx, session.id);
  if (open) await endSearch(tx, session, open, end);
}
