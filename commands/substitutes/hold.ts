import { participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { isAnswered } from '../../decisions/decide';
import type { Json } from '../../policy/types';
import { timesFor } from '../batches/hold';
import type { Context } from '../context';
import { KINDS } from '../changes';
import { askAboutMissing } from '../hold-missing';
import { openHeldStep } from '../held-steps';
import { planEvents } from '../plan';
import { offered, type Offered } from '../series/take-time';
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
  };
}

/**
 * Who cannot teach it at its time may be able to at another, with the same students: after the lesson would have been, because who is ill
 * this afternoon is ill this morning.
 */
async function laterTimes(ctx: Context, tx: Tx, session: SessionRow): Promise<Offered[]> {
  const isMovable = KINDS.reschedule.from.includes(session.status) && session.startsAt > ctx.asOf;
  if (!isMovable || !(await isAnswered(tx, 'series', session))) return [];
  return offered(await timesFor(ctx, tx, session, { after: session.endsAt }));
}

/** The question that a coordinator decides: everything that can become of the lesson, but for giving it to somebody, which is a change. */
async function askWhoTeaches(ctx: Context, tx: Tx, session: SessionRow, held: Held): Promise<{ id: string; created: boolean }> {
  const { answerWithin, unanswered } = held.decision.outcome;
  const alternatives = await laterTimes(ctx, tx, session);
  return openHeldStep(tx, {
    session,
    kind: 'substitute',
    subject: session.id,
    audience: 'coordinator',
    reason: await substituteReason(tx, session, { ...held, alternatives }),
    shown: { question: 'Who teaches this lesson?', ...shownOf(held), alternatives },
    options: ['search-again', ...alternatives.map((a) => a.option), 'keep', 'cancel'],
    defaultOption: unanswered == null ? null : String(unanswered),
    deadlineAt: answerWithin == null ? null : new Date(+held.asOf + Number(answerWithin)),
    decisionId: held.decision.id,
    asOf: held.asOf,
  });
}

/** The instructor whom nobody stands in for is awaited, and missing: what is asked is whether they came after all. */
const missing = (participants: ParticipantRow[], { cause, instructorId }: Held['search']): ParticipantRow | undefined =>
  cause === 'no-show' ? participants.find((p) => p.personId === instructorId) : undefined;

/**
 * A coordinator takes over. Offers that stand can still be accepted, which answers the question; without one the search is over. When
 * the instructor is missing at the start it is one question, the one about them: whether they came after all.
 */
export async function holdSearch(ctx: Context, tx: Tx, session: SessionRow, held: Held): Promise<void> {
  const { search, offers, decision, asOf } = held;
  const absent = missing(await participantsOf(tx, session.id), search);
  const step = absent ? await askAboutMissing(tx, session, absent, { tried: shownOf(held), asOf }) : await askWhoTeaches(ctx, tx, session, held);
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
