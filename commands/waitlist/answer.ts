import { lockSession, participantsOf, type SessionRow } from '../../db/sessions';
import { addToTimeline, wake } from '../../db/timeline';
import { endEntry, keepOffer, noteAnswer, waitlistEntry, type WaitlistRow } from '../../db/waitlist';
import type { Tx } from '../../db/database';
import { LecternError, notFound } from '../../domain/errors';
import type { WaitlistState } from '../../domain/vocabulary';
import { changeIn, clashing } from '../change';
import type { Context } from '../context';
import { followWaitlist, takeBackOffers } from './follow';

/** What became of an answer to the offer of a place; `state` is the entry's, after it. */
export interface PlaceAnswer {
  entryId: string;
  sessionId: string;
  state: WaitlistState;
  /** Whether this answer is what the offer ended with. */
  isTaken: boolean;
  /** A coordinator has to allow it first; the offer stands until then. */
  isHeld: boolean;
}

interface Answering {
  ctx: Context;
  tx: Tx;
  session: SessionRow;
  entry: WaitlistRow;
}

const answered = ({ id, sessionId }: WaitlistRow, state: WaitlistState, isTaken: boolean, isHeld = false): PlaceAnswer => ({
  entryId: id,
  sessionId,
  state,
  isTaken,
  isHeld,
});

async function decline({ ctx, tx, session, entry }: Answering): Promise<PlaceAnswer> {
  await endEntry(tx, entry.id, 'declined', ctx.asOf);
  const line = { sessionId: session.id, rev: session.rev, at: ctx.asOf, actor: ctx.principal.id };
  await addToTimeline(tx, { ...line, kind: 'place.declined', data: { personId: entry.personId, answeredBy: ctx.principal.personId } });
  await followWaitlist(tx, session, ctx.asOf);
  await wake(tx, session.id);
  return answered(entry, 'declined', true);
}

/** What ended while nobody looked is ended now: an offer whose time is over, a place that somebody else has. */
async function isLate({ ctx, tx, session, entry }: Answering): Promise<WaitlistState | null> {
  const students = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student').length;
  const isOver = session.startsAt <= ctx.asOf || (entry.expiresAt !== null && entry.expiresAt <= ctx.asOf);
  if (!isOver && (session.capacity === null || students < session.capacity)) return null;
  if (!isOver) await takeBackOffers(tx, session, ctx.asOf);
  await followWaitlist(tx, session, ctx.asOf);
  await wake(tx, session.id);
  return (await waitlistEntry(tx, entry.id))!.state;
}

/** The student is added as by any other addition: it may clash, be too much for the week, or need a coordinator. */
async function accept(a: Answering): Promise<PlaceAnswer> {
  const { ctx, tx, session, entry } = a;
  const late = await isLate(a);
  if (late) return answered(entry, late, false);
  const { heldStepId } = await changeIn(ctx, tx, session.id, { kind: 'add', studentId: entry.personId });
  if (heldStepId === null) return answered(entry, 'joined', true);
  await keepOffer(tx, entry.id, session.startsAt);
  return answered(entry, 'offered', true, true);
}

/**
 * A family's answer to an offer: one transaction under the session's lock. Of two who want the last place the first has it, and the other
 * waits on, where they stood. Whose word it was is kept. Errors: `not-found`, `slot-clash`, `refused-by-policy`; after each the offer still stands.
 */
export function answerPlace(ctx: Context, id: string, answer: 'accept' | 'decline'): Promise<PlaceAnswer> {
  return clashing(() =>
    ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const seen = await waitlistEntry(tx, id);
      if (!seen) throw notFound('waiting-list entry', id);
      const session = await lockSession(tx, seen.sessionId);
      const entry = (await waitlistEntry(tx, id))!;
      // Answered as it was before: by the same family once more, most likely.
      if (entry.state !== 'offered') return answered(entry, entry.state, entry.state === (answer === 'accept' ? 'joined' : 'declined'));
      const given = await (answer === 'accept' ? accept : decline)({ ctx, tx, session, entry });
      if (given.isTaken) await noteAnswer(tx, id, ctx.principal);
      return given;
    }),
  );
}

const SAID: Record<WaitlistState, string> = {
  waiting: 'is taken by somebody who answered sooner; the student still waits for one',
  offered: 'is still offered',
  joined: 'was accepted',
  declined: 'was declined',
  expired: 'was not accepted in time',
  removed: 'is not waited for any more',
  closed: 'is not to be had: the lesson is cancelled or has begun',
};

/** For the API: an answer that is not what the offer ended with is refused with what it ended with. */
export function refuseUntaken(answer: PlaceAnswer): PlaceAnswer {
  if (answer.isTaken) return answer;
  throw new LecternError('already-decided', `The place of waiting-list entry ${answer.entryId} ${SAID[answer.state]}.`, { state: answer.state });
}
