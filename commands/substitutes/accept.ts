import { acknowledgementOf, insertAcknowledgement, markAcknowledged } from '../../db/acknowledgements';
import { offerById, swapOffer, type OfferRow } from '../../db/offers';
import { hurry, searchById, type SearchRow } from '../../db/searches';
import { lockSession, participantsOf, type SessionRow } from '../../db/sessions';
import { addToTimeline, wake } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { considerCandidates, type Considered } from '../../decisions/candidates';
import { decide } from '../../decisions/decide';
import { LecternError, notFound } from '../../domain/errors';
import { deriveToken, newId, sha256 } from '../../domain/ids';
import type { OfferState } from '../../domain/vocabulary';
import { applyChange } from '../apply-change';
import { clashing } from '../change';
import { tooMuchBy } from '../changes/too-much';
import type { Context } from '../context';
import { endSearch } from './end';
import { whyNotSearch } from './start';

/** What became of an answer to an offer; `state` is the offer's, after it. */
export interface OfferAnswer {
  offerId: string;
  sessionId: string;
  state: OfferState;
  /** Whether this answer is what the offer ended with. */
  isTaken: boolean;
  /** Why it could not be accepted, where it could not. */
  reason: string | null;
}

const answered = (offer: OfferRow, state: OfferState, isTaken: boolean, reason: string | null = null): OfferAnswer => ({
  offerId: offer.id,
  sessionId: offer.sessionId,
  state,
  isTaken,
  reason,
});

interface Answering {
  ctx: Context;
  tx: Tx;
  session: SessionRow;
  search: SearchRow;
  offer: OfferRow;
}

/** The search goes on without this offer: it is asked at once how. */
async function without(
  { ctx, tx, session, search, offer }: Answering,
  state: 'declined' | 'expired' | 'withdrawn',
  reason: string | null,
): Promise<void> {
  await swapOffer(tx, offer.id, { state, reason, at: ctx.asOf });
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: ctx.asOf,
    kind: `substitute.offer-${state}`,
    actor: ctx.principal.id,
    data: { personId: offer.personId },
  });
  await hurry(tx, search.id, ctx.asOf);
  await wake(tx, session.id);
}

/** Asked once more at the moment of accepting: what was so when it was offered may not be so any more. */
async function mayTeach({ ctx, tx, session, offer }: Answering): Promise<Considered | undefined> {
  const offeredTo = new Set<string>();
  const asked = { session, seq: `accept:${offer.id}:${ctx.asOf.toISOString()}`, offeredTo, personId: offer.personId, asOf: ctx.asOf };
  return (await considerCandidates(tx, asked))[0];
}

/** Whether their day or week is fuller by now than the rules allow; read behind their locks, like the lesson that they take in this moment. */
async function tooMuchFor({ ctx, tx, session, offer }: Answering): Promise<string | null> {
  const before = { session, participants: await participantsOf(tx, session.id) };
  return (await tooMuchBy({ ctx, tx, input: { kind: 'reassign', instructorId: offer.personId }, before }, decide))?.why ?? null;
}

/** Who accepts an offer knows of the lesson. */
async function knows({ ctx, tx, session, offer }: Answering): Promise<void> {
  const asked = await acknowledgementOf(tx, session.id, offer.personId);
  if (asked && asked.rev === session.rev) {
    await markAcknowledged(tx, asked.id, 'offer', ctx.asOf);
    return;
  }
  const id = newId();
  await insertAcknowledgement(tx, {
    id,
    sessionId: session.id,
    rev: session.rev,
    personId: offer.personId,
    tokenHash: sha256(deriveToken(ctx.secret, 'acknowledge', id)),
    askedAt: ctx.asOf,
    checkAt: null,
    acknowledgedAt: ctx.asOf,
    acknowledgedBy: 'offer',
    decisionId: null,
  });
}

async function take(a: Answering, accepted: Considered): Promise<OfferAnswer> {
  const { ctx, tx, session, search, offer } = a;
  await swapOffer(tx, offer.id, { state: 'accepted', at: ctx.asOf });
  await endSearch(tx, session, search, { state: 'found', reason: 'covered', asOf: ctx.asOf });
  await applyChange(ctx, tx, session, { kind: 'reassign', instructorId: offer.personId }, accepted.decisionId);
  await knows(a);
  return answered(offer, 'accepted', true);
}

async function accept(a: Answering): Promise<OfferAnswer> {
  const { ctx, offer, session } = a;
  if (offer.expiresAt <= ctx.asOf || whyNotSearch(session, ctx.asOf)) {
    await without(a, 'expired', null);
    return answered(offer, 'expired', false);
  }
  const considered = await mayTeach(a);
  const tooMuch = considered?.eligible ? await tooMuchFor(a) : null;
  if (considered?.eligible && tooMuch === null) return take(a, considered);
  const reason = tooMuch ?? considered?.reason ?? 'teaches it already';
  await without(a, 'withdrawn', reason);
  return answered(offer, 'withdrawn', false, reason);
}

async function decline(a: Answering): Promise<OfferAnswer> {
  await without(a, 'declined', null);
  return answered(a.offer, 'declined', true);
}

/**
 * An instructor's answer to an offer: one transaction under the session's lock. The first who accepts teaches the lesson from that
 * moment; whoever comes later learns what became of it, and nothing changes. Errors: `not-found`, `slot-clash`.
 */
export async function answerOffer(ctx: Context, offerId: string, answer: 'accept' | 'decline'): Promise<OfferAnswer> {
  try {
    return await clashing(() => answerOnce(ctx, offerId, answer));
  } catch (error) {
    // They took another lesson in this very moment. Now it can be seen, and the offer ends with that reason.
    if (error instanceof LecternError && error.code === 'slot-clash') return answerOnce(ctx, offerId, answer);
    throw error;
  }
}

function answerOnce(ctx: Context, offerId: string, answer: 'accept' | 'decline'): Promise<OfferAnswer> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const seen = await offerById(tx, offerId);
    if (!seen) throw notFound('offer', offerId);
    const session = await lockSession(tx, seen.sessionId);
    const offer = (await offerById(tx, offerId))!;
    const search = (await searchById(tx, offer.searchId))!;
    // Answered as it was before: by the same person once more, most likely.
    if (offer.state !== 'open') return answered(offer, offer.state, offer.state === (answer === 'accept' ? 'accepted' : 'declined'), offer.reason);
    return (answer === 'accept' ? accept : decline)({ ctx, tx, session, search, offer });
  });
}

const SAID: Record<OfferState, string> = {
  open: 'still stands',
  accepted: 'was accepted',
  declined: 'was declined',
  expired: 'has expired',
  released: 'is not needed any more: somebody else teaches the lesson, or it has changed',
  withdrawn: 'could not be accepted',
};

/** For the API: an answer that is not what the offer ended with is refused with what it ended with. */
export function refuseUntaken(answer: OfferAnswer): OfferAnswer {
  if (answer.isTaken) return answer;
  const because = answer.reason ? ` (${answer.reason})` : '';
  throw new LecternError('already-decided', `Offer ${answer.offerId} ${SAID[answer.state]}${because}.`, {
    state: answer.state,
    reason: answer.reason,
  });
}
