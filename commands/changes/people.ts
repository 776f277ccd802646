import { peopleById, type PersonRow } from '../../db/people';
import type { ParticipantRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import type { Ask } from '../../decisions/decide';
import { LecternError, notFound } from '../../domain/errors';
import { readmitted } from './held';
import { participantsAfter, type After, type Before, type Changing, type Moving } from './kind';

/** Somebody who may come onto a session as what they are. */
export async function personFor(tx: Tx, id: string, kind: 'student' | 'instructor'): Promise<PersonRow> {
  const [found] = await peopleById(tx, [id]);
  if (found?.kind !== kind || !found.active) throw notFound(kind, id);
  return found;
}

export function instructorOf({ session, participants }: Before): ParticipantRow {
  const found = participants.find((p) => p.role === 'instructor');
  if (!found) throw new LecternError('illegal-move', `Session ${session.id} has no instructor.`);
  return found;
}

/**
 * The session with other people on it: everything else stays. Who comes needs a way in, so a session that was ready has to be covered
 * anew; a running lesson goes on.
 */
export function withOtherPeople(changing: Changing, moving: Moving, ask: Ask): Promise<After> {
  const { before, ctx } = changing;
  const { session } = before;
  const status = session.status === 'ready' && moving.joins.length > 0 ? 'booked' : session.status;
  const participants = participantsAfter(before, moving, ctx.asOf);
  return readmitted(changing, { ...moving, session: { ...session, rev: session.rev + 1, status }, participants, admission: null }, ask);
}
