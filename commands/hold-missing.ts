import { decisionById } from '../db/decisions';
import type { ParticipantRow, SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import type { Json } from '../policy/types';
import { noShowReason } from './held-reasons';
import { openHeldStep } from './held-steps';

/**
 * Asks a coordinator about somebody who is missing: whether they came. By the decision that said so of them; `tried` is what a search
 * for a substitute came to.
 */
export async function askAboutMissing(
  tx: Tx,
  session: SessionRow,
  p: Pick<ParticipantRow, 'personId' | 'role' | 'verdict' | 'verdictDecisionId'>,
  { tried, asOf }: { tried?: Json; asOf: Date },
): Promise<{ id: string; created: boolean }> {
  const decision = await decisionById(tx, p.verdictDecisionId!);
  const isStudent = p.role === 'student';
  const question = isStudent ? 'Did this student come?' : 'Did the instructor come? Nobody is charged before this is said.';
  return openHeldStep(tx, {
    session,
    kind: 'no-show',
    subject: p.personId,
    audience: 'coordinator',
    reason: await noShowReason(tx, session, { ...p, isCertain: p.verdict === 'no-show', decisionId: p.verdictDecisionId! }),
    shown: {
      question,
      personId: p.personId,
      role: p.role,
      evidence: (decision?.facts ?? {}) as never,
      ...(tried !== undefined && { search: tried }),
    },
    // An excuse matters to the charge of a student; a lesson took place or it did not.
    options: isStudent ? ['no-show', 'arrived', 'excused'] : ['no-show', 'arrived'],
    decisionId: p.verdictDecisionId,
    asOf,
  });
}
