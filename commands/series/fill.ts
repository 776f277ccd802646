import { claimOccurrence, findSeries, isBeingEdited, knownOriginals, markFilled, studentsOfSeries, type SeriesRow } from '../../db/series';
import { decide, preview } from '../../decisions/decide';
import { occurrencesBetween, type Occurrence } from '../../domain/recurrence';
import { bookIn } from '../book';
import type { Context } from '../context';
import { askAhead } from './other-times';
import { meetObstacle } from './obstacle';
import { bookingOf, stillWants, whatIsInTheWay, type Filling } from './filling';
import { recurrenceOf } from './types';

/** Of a series that was brought in quietly the families know; what is filled once it has been filled is as new to them as to us. */
const isQuiet = ({ quietly, filledUntil }: SeriesRow): boolean => quietly && filledUntil === null;

/** Books one lesson of a series as a single booking would be; what is in its way is met as policy says, and the other weeks stand. */
async function fillOne(ctx: Context, filling: Filling, o: Occurrence): Promise<void> {
  const attempt = (): Promise<void> =>
    ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      if (!(await stillWants(tx, filling, o.original))) return;
      const { result } = await bookIn(ctx, tx, bookingOf(filling, o.startsAt), { keys: [], quietly: isQuiet(filling.series) });
      await claimOccurrence(tx, {
        seriesId: filling.series.id,
        original: o.original,
        outcome: result.result,
        sessionId: result.sessionId,
        reason: null,
        decisionId: result.decisionId,
        filledAt: ctx.asOf,
      });
    });
  try {
    await attempt();
  } catch (error) {
    const inTheWay = whatIsInTheWay(error);
    if (!inTheWay) throw error;
    await meetObstacle(ctx, filling, o, inTheWay);
  }
}

/**
 * Books what a series lacks up to its horizon. Safe to repeat: an occurrence is known by series and rule time, and filled once.
 * `beat` is called between lessons.
 */
export async function fillSeries(ctx: Context, seriesId: string, beat: () => void = () => undefined): Promise<void> {
  const read = await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const series = await findSeries(tx, seriesId);
    if (series?.state !== 'active' || (await isBeingEdited(tx, seriesId))) return null;
    const studentIds = (await studentsOfSeries(tx, [seriesId])).map((s) => s.personId);
    const known = await knownOriginals(tx, seriesId);
    const about = { ...series, rev: series.version, students: studentIds.length };
    const { horizonMs } = await askAhead(tx, { ...about, seq: 'fill' }, { asOf: ctx.asOf, ask: preview });
    const until = new Date(+ctx.asOf + horizonMs);
    const wanted = occurrencesBetween(recurrenceOf(series), ctx.asOf, until).filter((o) => !known.has(o.original));
    // The decision is kept where something follows from it.
    if (wanted[0]) await askAhead(tx, { ...about, seq: `fill:${wanted[0].original}` }, { asOf: ctx.asOf, ask: decide });
    return { filling: { series, studentIds }, wanted, until };
  });
  if (!read) return;
  for (const occurrence of read.wanted) {
    await fillOne(ctx, read.filling, occurrence);
    beat();
  }
  await ctx.db.inOrganisation(ctx.organisationId, (tx) => markFilled(tx, read.filling.series, read.until));
}
