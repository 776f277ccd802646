import { setViability } from '../../db/groups';
import { withdrawHeldStepsOf } from '../../db/held-steps';
import { participantsOf, type SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';

/** Before it is booked there is no group, and once it has begun it takes place with whoever is there. */
export const isStillToCome = ({ status }: Pick<SessionRow, 'status'>): boolean => status === 'booked' || status === 'ready';

/**
 * Who takes part, or how many are needed, is otherwise than when it was asked: what is still open of that is asked no more, and a group that
 * is too small is asked about again, at once.
 */
export async function askAgain(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  if (session.minStudents === null || session.viabilityAskedAt === null || !isStillToCome(session)) return;
  await withdrawHeldStepsOf(tx, session.id, ['viability'], asOf);
  const students = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student').length;
  await setViability(tx, session, { at: students < session.minStudents ? asOf : null });
}
