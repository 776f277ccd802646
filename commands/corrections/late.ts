import type { ParticipantRow, SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { isPresent } from '../../decisions/ask';
import { SYSTEM, type Context } from '../context';
import { correct } from './correct';

/**
 * Somebody turns out to have been there, and the session is closed: the correction makes itself, as the policy allows, or is held for a
 * coordinator. One transaction is enough for it: what is left to do afterwards is to send a message, and the session's own workflow,
 * woken, does that.
 */
export async function amendByArrival(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { participant, at }: { participant: ParticipantRow; at: Date },
): Promise<void> {
  if (session.status !== 'settled' || isPresent(participant)) return;
  // What came when it was long over is no arrival.
  if (at >= session.endsAt) return;
  const verdict = participant.verdictAt && at >= participant.verdictAt ? 'late' : 'arrived';
  await correct({ ...ctx, principal: SYSTEM }, tx, session, { kind: 'attendance', personId: participant.personId, verdict });
}
