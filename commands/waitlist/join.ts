import { addAudit } from '../../db/audit';
import { lockSession, participantsOf, type SessionRow } from '../../db/sessions';
import { addToTimeline, wake } from '../../db/timeline';
import { endEntry, entryOf, insertEntry, waitlistEntry, type WaitlistRow } from '../../db/waitlist';
import type { Tx } from '../../db/database';
import { LecternError, notFound } from '../../domain/errors';
import { deriveToken, newId, sha256 } from '../../domain/ids';
import { personFor } from '../changes/people';
import type { Context } from '../context';
import { isStillToCome } from '../groups/ask-again';
import { followWaitlist } from './follow';

/** Why nobody can wait for a place in a session; null when somebody can. */
export function whyNotWait(session: Pick<SessionRow, 'id' | 'status' | 'startsAt' | 'capacity'>, asOf: Date): string | null {
  const { id, status, startsAt, capacity } = session;
  if (capacity === null) return `Session ${id} has no limit of places: add the student.`;
  if (!isStillToCome(session)) return `Session ${id} is ${status}; places are waited for in one that is booked or ready.`;
  return startsAt <= asOf ? `Session ${id} has begun.` : null;
}

async function refuseParticipant(tx: Tx, sessionId: string, studentId: string): Promise<void> {
  if (!(await participantsOf(tx, sessionId)).some((p) => p.personId === studentId)) return;
  throw new LecternError('invalid-request', 'Nothing would change.', [{ path: 'studentId', message: 'takes part already' }]);
}

/**
 * A student waits for a place; where one is free it is offered at once, as the rules say. Errors: `not-found`, `illegal-move` for a session
 * without a limit of places, or one that is over, `already-exists` (details give the entry), `invalid-request`.
 */
export function joinWaitlist(ctx: Context, sessionId: string, studentId: string): Promise<WaitlistRow> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await lockSession(tx, sessionId);
    const { id: personId } = await personFor(tx, studentId, 'student');
    const whyNot = whyNotWait(session, ctx.asOf);
    if (whyNot) throw new LecternError('illegal-move', whyNot);
    await refuseParticipant(tx, sessionId, personId);
    const id = newId();
    const tokenHash = sha256(deriveToken(ctx.secret, 'place', id));
    if (!(await insertEntry(tx, { id, sessionId, personId, addedAt: ctx.asOf, addedBy: ctx.principal.id, tokenHash })))
      throw new LecternError('already-exists', `Student ${personId} is on the waiting list of session ${sessionId} already.`, {
        id: (await entryOf(tx, sessionId, personId))?.id ?? null,
      });
    await addToTimeline(tx, { sessionId, rev: session.rev, at: ctx.asOf, kind: 'waitlist.joined', actor: ctx.principal.id, data: { personId } });
    await followWaitlist(tx, session, ctx.asOf);
    await addAudit(tx, ctx, 'waitlist.join', 'waitlist', id);
    await wake(tx, sessionId);
    return (await waitlistEntry(tx, id))!;
  });
}

/** A student waits no longer. Safe to repeat. Errors: `not-found`, `already-decided` when they have joined. */
export function leaveWaitlist(ctx: Context, id: string): Promise<WaitlistRow> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const seen = await waitlistEntry(tx, id);
    if (!seen) throw notFound('waiting-list entry', id);
    const session = await lockSession(tx, seen.sessionId);
    const entry = (await waitlistEntry(tx, id))!;
    if (entry.state === 'joined')
      throw new LecternError('already-decided', `The student has a place in session ${session.id}: drop them.`, { state: entry.state });
    if (entry.state !== 'waiting' && entry.state !== 'offered') return entry;
    await endEntry(tx, id, 'removed', ctx.asOf);
    const line = { sessionId: session.id, rev: session.rev, at: ctx.asOf, actor: ctx.principal.id };
    await addToTimeline(tx, { ...line, kind: 'waitlist.left', data: { personId: entry.personId } });
    await followWaitlist(tx, session, ctx.asOf);
    await addAudit(tx, ctx, 'waitlist.leave', 'waitlist', id);
    await wake(tx, session.id);
    return (await waitlistEntry(tx, id))!;
  });
}
