import { claimOccurrence } from '../../db/series';
import { pgCode, type Tx } from '../../db/database';
import { decide, preview, type Decision } from '../../decisions/decide';
import { explainDecision } from '../../decisions/explain';
import type { Occurrence } from '../../domain/recurrence';
import { bookIn, type Booked } from '../book';
import { occurrenceReason } from '../held-reasons';
import { openHeldStep } from '../held-steps';
import { preparationQuestion } from '../preparation';
import type { Context } from '../context';
import { askAhead, otherTimes, type OtherTime } from './other-times';
import { bookingOf, stillWants, type Filling, type InTheWay } from './filling';
import { offered } from './take-time';

/** The nearest free time may be taken while it is being booked; then the next nearest is looked for. */
const TRIES = 5;

/** A lesson of a series that cannot be at its time: held with other times, left out, or booked at another, as `series.occurrence` says. */
export async function meetObstacle(ctx: Context, filling: Filling, o: Occurrence, inTheWay: InTheWay): Promise<void> {
  for (let n = 1; ; n++) {
    try {
      return await ctx.db.inOrganisation(ctx.organisationId, (tx) => meet(ctx, tx, { filling, o, inTheWay }));
    } catch (error) {
      if (pgCode(error) !== '23P01' || n === TRIES) throw error;
    }
  }
}

interface Met {
  filling: Filling;
  o: Occurrence;
  inTheWay: InTheWay;
}

async function alternativesTo(ctx: Context, tx: Tx, { filling: { series, studentIds }, o }: Met): Promise<OtherTime[]> {
  const about = { ...series, rev: series.version, seq: 'other-times', students: studentIds.length };
  const ahead = await askAhead(tx, about, { asOf: ctx.asOf, ask: preview });
  const prepared = await preview(
    tx,
    preparationQuestion({ ...about, startsAt: o.startsAt }, { students: studentIds.length, seq: 'other-times', asOf: ctx.asOf }),
  );
  const bufferMinutes = Math.ceil(Number(prepared.outcome.buffer) / 60_000);
  const wanted = { startsAt: o.startsAt, lengthMinutes: series.lengthMinutes, bufferMinutes, instructorId: series.instructorId, studentIds };
  return otherTimes(tx, { ...wanted, branch: series.branch, anchorZone: series.anchorZone, after: ctx.asOf }, ahead);
}

async function meet(ctx: Context, tx: Tx, met: Met): Promise<void> {
  const { filling, o, inTheWay } = met;
  const { series } = filling;
  if (!(await stillWants(tx, filling, o.original))) return;
  const alternatives = await alternativesTo(ctx, tx, met);
  const decision = await decide(tx, {
    point: 'series.occurrence',
    sessionId: null,
    subject: series.id,
    rev: series.version,
    seq: o.original,
    facts: { obstacle: inTheWay.obstacle, notice: +o.startsAt - +ctx.asOf, alternatives: alternatives.length },
    labels: series,
    bookedSetId: null,
    asOf: ctx.asOf,
  });
  const claim = (outcome: 'moved' | 'held' | 'skipped', sessionId: string | null, reason: string | null) =>
    claimOccurrence(tx, { seriesId: series.id, original: o.original, outcome, sessionId, reason, decisionId: decision.id, filledAt: ctx.asOf });
  const [nearest] = alternatives;
  if (decision.outcome.verdict === 'skip' || (decision.outcome.verdict === 'move' && !nearest)) {
    const { because } = await explainDecision(tx, decision.id);
    await claim('skipped', null, inTheWay.why ?? because ?? 'The rules leave it out.');
    return;
  }
  if (decision.outcome.verdict === 'move') {
    const { result } = await bookIn(ctx, tx, bookingOf(filling, new Date(nearest!.startsAt)), { keys: [] });
    await claim('moved', result.sessionId, inTheWay.why);
    return;
  }
  const until = decideBy(decision, o.startsAt, ctx.asOf);
  const { session } = await bookIn(ctx, tx, bookingOf(filling, o.startsAt), { keys: [], withoutSlotUntil: until });
  await claim('held', session.id, inTheWay.why);
  await holdOccurrence(tx, session, { ...met, decision, alternatives, until, asOf: ctx.asOf });
}

/** Until when somebody has to have chosen: before the lesson, as long before it as the rules say where that is still to come. */
const decideBy = ({ outcome }: Decision, startsAt: Date, asOf: Date): Date => {
  const wanted = +startsAt - Number(outcome.decideBefore ?? 0);
  return new Date(wanted > +asOf ? wanted : +startsAt);
};

async function holdOccurrence(
  tx: Tx,
  session: Booked,
  { filling, o, inTheWay, decision, alternatives, until, asOf }: Met & { decision: Decision; alternatives: OtherTime[]; until: Date; asOf: Date },
): Promise<void> {
  await openHeldStep(tx, {
    session,
    kind: 'series-occurrence',
    subject: session.id,
    audience: 'coordinator',
    reason: await occurrenceReason(tx, session, { ...inTheWay, alternatives, until }),
    shown: {
      question: 'When does this lesson of the series take place?',
      seriesId: filling.series.id,
      original: o.original,
      startsAt: session.startsAt.toISOString(),
      endsAt: session.endsAt.toISOString(),
      obstacle: inTheWay.obstacle,
      alternatives: offered(alternatives),
    },
    options: [...offered(alternatives).map((a) => a.option), 'skip'],
    defaultOption: 'skip',
    deadlineAt: until,
    decisionId: decision.id,
    asOf,
  });
}
