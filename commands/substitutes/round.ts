import { expireOffers, insertOffers, offersOfSearch, type OfferRow } from '../../db/offers';
import { peopleById } from '../../db/people';
import { goOn, type SearchRow } from '../../db/searches';
import { participantsOf, type SessionRow } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { considerCandidates, type Considered } from '../../decisions/candidates';
import { decide, type Decision } from '../../decisions/decide';
import { deriveToken, newId, sha256 } from '../../domain/ids';
import type { Json } from '../../policy/types';
import { applyChange } from '../apply-change';
import type { Context } from '../context';
import { planEvents } from '../plan';
import { endSearch, takeBackUnsent } from './end';
import { holdSearch } from './hold';
import { whyNotSearch } from './start';

/** More would not be looked at by anybody. */
const MOST_KEPT = 100;

interface Round {
  search: SearchRow;
  offers: OfferRow[];
  considered: Considered[];
  decision: Decision;
}

const standingOf = (offers: readonly OfferRow[]): OfferRow[] => offers.filter((o) => o.state === 'open');

async function expire(tx: Tx, session: SessionRow, search: SearchRow, asOf: Date): Promise<void> {
  const expired = await expireOffers(tx, search.id, asOf);
  await takeBackUnsent(tx, session.id, expired, asOf);
  await addToTimeline(
    tx,
    expired.map((o) => ({
      sessionId: session.id,
      rev: session.rev,
      at: asOf,
      kind: 'substitute.offer-expired',
      actor: 'lectern',
      data: { personId: o.personId },
    })),
  );
}

async function askHowToGoOn(tx: Tx, session: SessionRow, { search, offers, considered }: Omit<Round, 'decision'>, asOf: Date): Promise<Decision> {
  const students = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student').length;
  return decide(tx, {
    point: 'substitute.search',
    sessionId: session.id,
    subject: search.id,
    rev: session.rev,
    seq: `${search.round}:${asOf.toISOString()}`,
    facts: {
      cause: search.cause,
      notice: +session.startsAt - +asOf,
      left: +session.endsAt - +asOf,
      searchedFor: +asOf - +search.startedAt,
      candidates: considered.filter((c) => c.eligible).length,
      standing: standingOf(offers).length,
      offered: offers.length,
      isTrial: session.isTrial,
      students,
    },
    labels: session,
    bookedSetId: null,
    asOf,
  });
}

/** Offers it to the best of those who may, so that as many offers stand as the rules name. Gives the new ones. */
async function offer(ctx: Context, tx: Tx, session: SessionRow, { search, offers, considered, decision }: Round): Promise<OfferRow[]> {
  const free = Math.max(0, Number(decision.outcome.offers) - standingOf(offers).length);
  const chosen = considered.filter((c) => c.eligible && !offers.some((o) => o.personId === c.personId)).slice(0, free);
  if (chosen.length === 0) return [];
  // An offer never stands longer than there is something to teach.
  const expiresAt = new Date(Math.min(+ctx.asOf + Number(decision.outcome.stand), +session.endsAt));
  const made = chosen.map((c) => {
    const id = newId();
    return {
      id,
      searchId: search.id,
      sessionId: session.id,
      personId: c.personId,
      state: 'open' as const,
      tokenHash: sha256(deriveToken(ctx.secret, 'offer', id)),
      score: c.score,
      offeredAt: ctx.asOf,
      expiresAt,
      decisionId: c.decisionId,
    };
  });
  await insertOffers(tx, made);
  await addToTimeline(
    tx,
    made.map((o) => ({
      sessionId: session.id,
      rev: session.rev,
      at: ctx.asOf,
      kind: 'substitute.offered',
      actor: 'lectern',
      decisionId: o.decisionId,
      data: { personId: o.personId, expiresAt: expiresAt.toISOString() },
    })),
  );
  const substitutes = await peopleById(
    tx,
    made.map((o) => o.personId),
  );
  await planEvents(tx, session, { event: 'substitute-offered', asOf: ctx.asOf, substitutes });
  return made.map((o) => ({ ...o, reason: null, endedAt: null, version: 1 }));
}

const earliest = (instants: (number | null)[]): Date | null => {
  const known = instants.filter((i) => i !== null);
  return known.length === 0 ? null : new Date(Math.min(...known));
};

/**
 * One round of a search, on the locked session: what has expired is ended, everybody is considered anew (who was free an hour ago may
 * not be now), and the rules say how to go on. Safe to repeat: it reads what is there, and offers nobody the lesson twice.
 */
export async function followSearch(ctx: Context, tx: Tx, session: SessionRow, found: SearchRow): Promise<void> {
  const { asOf } = ctx;
  if (whyNotSearch(session, asOf)) return endSearch(tx, session, found, { state: 'ended', reason: 'lesson-over', asOf });
  await expire(tx, session, found, asOf);
  const search = { ...found, round: found.round + 1 };
  const offers = await offersOfSearch(tx, search.id);
  const offeredTo = new Set(offers.map((o) => o.personId));
  const considered = await considerCandidates(tx, { session, seq: `${search.id}:${search.round}`, offeredTo, asOf });
  const decision = await askHowToGoOn(tx, session, { search, offers, considered }, asOf);
  const round = { search, offers, considered, decision };
  const { next, again } = decision.outcome;
  const keep = (nextAt: Date | null): Promise<void> =>
    goOn(tx, { ...search, considered: considered.slice(0, MOST_KEPT) as unknown as Json, nextAt, decisionId: decision.id });
  if (next === 'cancel') {
    await keep(null);
    // The change ends the search, as any other would.
    return applyChange(ctx, tx, session, { kind: 'cancel', reason: decision.say?.en }, decision.id);
  }
  const made = next === 'offer' ? await offer(ctx, tx, session, round) : [];
  const standing = [...standingOf(offers), ...made];
  const expiry = standing.map((o) => +o.expiresAt);
  const againAt = again == null || next === 'hold' ? null : +asOf + Number(again);
  // Rules that offer it to nobody and name no time leave nothing to wait for.
  const isStuck = next === 'hold' || earliest([...expiry, againAt]) === null;
  await keep(earliest([...expiry, againAt]));
  if (isStuck) await holdSearch(ctx, tx, session, { search, offers, considered, decision, asOf });
}
