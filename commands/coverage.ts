import { markPhase, moveStatus, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { askCoverage } from '../decisions/ask';
import { coverageReason } from './held-reasons';
import { openHeldStep } from './held-steps';
import { planEvents } from './plan';

/** The coverage gate: everyone holds what they need, or a coordinator is told before the lesson starts. */
export async function checkCoverage(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  if (session.status !== 'booked') return;
  const decision = await askCoverage(tx, session, asOf);
  await moveStatus(tx, session, 'ready');
  await markPhase(tx, session.id, 'coverage', session.rev, asOf);
  const covered = decision.outcome.verdict === 'covered';
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: covered ? 'coverage.complete' : 'coverage.gap',
    actor: 'lectern',
    decisionId: decision.id,
  });
  if (covered) return;
  const question = 'Somebody has no proven way in. Reach them, then let the lesson go on.';
  const step = await openHeldStep(tx, {
    session,
    kind: 'coverage',
    subject: session.id,
    audience: 'coordinator',
    reason: await coverageReason(tx, session, decision.id),
    shown: { question, facts: decision.facts as never },
    options: ['proceed'],
    defaultOption: 'proceed',
    deadlineAt: session.endsAt,
    decisionId: decision.id,
    asOf,
  });
  await planEvents(tx, session, { event: 'coverage-gap', asOf, heldStepId: step.id });
}
