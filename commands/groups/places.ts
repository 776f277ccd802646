import { addAudit } from '../../db/audit';
import { setPlaces } from '../../db/groups';
import { lockSession, participantsOf, type SessionRow } from '../../db/sessions';
import { addToTimeline, wake } from '../../db/timeline';
import { decide } from '../../decisions/decide';
import { LecternError } from '../../domain/errors';
import type { Context } from '../context';
import { decidePreparation } from '../preparation';
import { followWaitlist } from '../waitlist/follow';
import { askAgain, isStillToCome } from './ask-again';

export interface PlacesInput {
  /** The `version` of the session that the caller looked at. */
  version: number;
  minStudents?: number | undefined;
  capacity?: number | undefined;
}

function refuseImpossible(session: SessionRow, { minStudents, capacity, version }: PlacesInput, students: number): void {
  if (!isStillToCome(session)) throw new LecternError('illegal-move', `Session ${session.id} is ${session.status}; its places are what they were.`);
  if (version !== session.version)
    throw new LecternError('stale', `Session ${session.id} has changed since you looked at it.`, {
      difference: [{ path: '/version', shown: version, now: session.version }],
    });
  const faults: { path: string; message: string }[] = [];
  if (minStudents === undefined && capacity === undefined) faults.push({ path: 'capacity', message: 'either it or minStudents has to be named' });
  if (capacity !== undefined && capacity < students)
    faults.push({ path: 'capacity', message: `is less than the ${students} students who take part` });
  const most = capacity ?? session.capacity ?? Infinity;
  if ((minStudents ?? session.minStudents ?? 0) > most)
    faults.push({
      path: minStudents === undefined ? 'capacity' : 'minStudents',
      message: 'the group would need more students than it has places for',
    });
  if (faults.length > 0) throw new LecternError('invalid-request', 'These places are not valid.', faults);
}

/**
 * How many places a group has, and from how many students it takes place. Those who wait are offered what is free by it; whether it takes
 * place is asked anew. Errors: `not-found`, `illegal-move`, `stale`, `invalid-request`.
 */
export function changePlaces(ctx: Context, sessionId: string, input: PlacesInput): Promise<void> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await lockSession(tx, sessionId);
    const students = (await participantsOf(tx, sessionId)).filter((p) => p.role === 'student').length;
    refuseImpossible(session, input, students);
    const { minStudents = session.minStudents, capacity = session.capacity } = input;
    const isNewMinimum = minStudents !== session.minStudents;
    Object.assign(session, { minStudents, capacity });
    if (isNewMinimum && session.viabilityAskedAt === null) {
      const asked = { students, seq: `places:${ctx.asOf.toISOString()}`, asOf: ctx.asOf, ask: decide };
      session.viabilityAt = (await decidePreparation(tx, session, asked)).viabilityAt;
    }
    await setPlaces(tx, session);
    const line = { sessionId, rev: session.rev, at: ctx.asOf, actor: ctx.principal.id };
    await addToTimeline(tx, { ...line, kind: 'places.changed', data: { minStudents, capacity } });
    if (isNewMinimum) await askAgain(tx, session, ctx.asOf);
    await followWaitlist(tx, session, ctx.asOf);
    await addAudit(tx, ctx, 'session.places', 'session', sessionId, { minStudents, capacity });
    await wake(tx, sessionId);
  });
}
