import { shownForReview } from '../commands/review';
import { staleApprovalReason } from '../commands/held-reasons';
import { openHeldStep } from '../commands/held-steps';
import { findHeldStep } from '../db/held-steps';
import { reopenDocuments } from '../db/documents';
import { setObligation } from '../db/dispatch';
import { findSession } from '../db/sessions';
import type { ObligationRow } from '../db/obligations';
import type { Tx } from '../db/database';
import { hashOf } from '../domain/ids';

/**
 * An approval binds to what was shown. Looked at once more at the sending claim: when the facts under it have moved, the
 * update is held and the review opens again with what is true now.
 */
export async function approvalStands(tx: Tx, o: ObligationRow, asOf: Date): Promise<boolean> {
  if (!o.heldStepId) return true;
  const step = await findHeldStep(tx, o.heldStepId);
  const now = await shownForReview(tx, o.sessionId);
  const facts = (shown: unknown): unknown => (shown as { facts?: unknown } | null)?.facts ?? null;
  if (step && hashOf(facts(step.shown)) === hashOf(facts(now))) return true;
  await setObligation(tx, o.id, { state: 'suppressed', reason: 'approval-stale', at: asOf });
  const session = (await findSession(tx, o.sessionId))!;
  await reopenDocuments(tx, o.sessionId);
  await openHeldStep(tx, {
    session,
    kind: 'documentation.review',
    subject: session.id,
    audience: step?.audience ?? 'coordinator',
    assigneeId: step?.assigneeId ?? null,
    reason: staleApprovalReason(session),
    shown: now,
    options: ['approve', 'reject'],
    defaultOption: step?.defaultOption ?? null,
    deadlineAt: step?.deadlineAt && step.deadlineAt > asOf ? step.deadlineAt : null,
    decisionId: step?.decisionId ?? null,
    asOf,
  });
  return false;
}
