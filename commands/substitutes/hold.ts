import { participantsOf, type SessionRow } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import type { Tx } from '../../db/database';
import type { Json } from '../../policy/types';
import { askAboutMissing } from '../hold-missing';
import { openHeldStep } from '../held-steps';
import { planEvents } from '../plan';
import { substituteReason, type Held } from './reason';
import { endSearch } from './end';

/** What a coordinator has to see: who could teach it by the rules and how they rank, who cannot and why, and what was tried. */
function shownOf({ search, offers, considered }: Held): { [key: string]: Json } {
  return {
    instructorId: search.instructorId,
    cause: search.cause,
    note: search.note,
    tried: offers.map((o) => ({ personId: o.personId, offeredAt: o.offeredAt.toISOString(), state: o.state })),
    candidates: considered.map(({ personId, eligible, reason, score }) => ({ personId, eligible, reason, score })),
    alternatives: ['reassign', 'reschedule', 'cancel'],
  };
}

/**
 * A coordinator takes over. Offers that stand can still be accepted, which answers the question; without one the search is over. When
 * the instructor is missing at the start it is one question, the one about them: whether they came after all.
 */
export async function holdSearch(tx: Tx, session: SessionRow, held: Held): Promise<void> {
  const { search, offers, decision, asOf } = held;
  const { answerWithin, unanswered } = decision.outcome;
  const shown = shownOf(held);
  const instructor = (await participantsOf(tx, session.id)).find((p) => p.personId === search.instructorId);
  const step =
    search.cause === 'no-show' && instructor
      ? await askAboutMissing(tx, session, instructor, { tried: shown, asOf })
      : await openHeldStep(tx, {
          session,
          kind: 'substitute',
          subject: session.id,
          audience: 'coordinator',
          reason: await substituteReason(tx, session, held),
          shown: { question: 'Who teaches this lesson?', ...shown },
          options: ['search-again', 'keep', 'cancel'],
          defaultOption: unanswered == null ? null : String(unanswered),
          deadlineAt: answerWithin == null ? null : new Date(+asOf + Number(answerWithin)),
          decisionId: decision.id,
          asOf,
        });
  if (step.created) {
    await addToTimeline(tx, {
      sessionId: session.id,
      rev: session.rev,
      at: asOf,
      kind: 'substitute.not-found',
      actor: 'lectern',
      decisionId: decision.id,
      data: { offered: offers.length },
    });
    await planEvents(tx, session, { event: 'substitute-not-found', asOf, heldStepId: step.id });
  }
  if (!offers.some((o) => o.state === 'open')) await endSearch(tx, session, search, { state: 'held', reason: 'handed-over', asOf });
}
