import { insertSeries, seriesIdOf, type NewSeries } from '../../db/series';
import { addAudit } from '../../db/audit';
import { peopleById, type PersonRow } from '../../db/people';
import { pgCode, type Tx } from '../../db/database';
import { preview } from '../../decisions/decide';
import { LecternError, notFound } from '../../domain/errors';
import { newId } from '../../domain/ids';
import { isOfRule, occurrencesBetween, rruleFault } from '../../domain/recurrence';
import { isZone, LONGEST_LESSON_MS } from '../../domain/time';
import { differenceSince, previewTokenOf } from '../../domain/preview-token';
import type { Context } from '../context';
import { askAhead } from './other-times';
import { previewOccurrence, type PreviewedOccurrence } from './preview-occurrence';
import { recurrenceOf, type SeriesInput } from './types';

/** What is wrong with a series that no rule could make sense of; what is unwise of a lesson is the admission policy's to say. */
export function seriesFaults(input: SeriesInput, zone: string): { path: string; message: string }[] {
  const faults: { path: string; message: string }[] = [];
  const rule = rruleFault(input.rrule);
  if (rule) faults.push({ path: 'rrule', message: rule });
  if (!isZone(zone)) faults.push({ path: 'anchorZone', message: `"${zone}" is not an IANA time zone such as Europe/Berlin` });
  if (input.lengthMinutes * 60_000 > LONGEST_LESSON_MS) faults.push({ path: 'lengthMinutes', message: 'a session lasts at most 24 hours' });
  if (new Set(input.studentIds).size !== input.studentIds.length) faults.push({ path: 'studentIds', message: 'names a student twice' });
  if (input.capacity !== undefined && input.studentIds.length > input.capacity)
    faults.push({ path: 'capacity', message: 'has fewer places than there are students' });
  if (faults.length === 0) {
    const r = recurrenceOf(seriesOf(input, zone));
    if (!isOfRule(r, input.firstLesson)) faults.push({ path: 'firstLesson', message: 'is not a time of the rule: begin with one that is' });
    for (const [i, exdate] of (input.exdates ?? []).entries()) {
      if (!isOfRule(r, exdate)) faults.push({ path: `exdates.${i}`, message: `${exdate} is not a time of the rule, so nothing is left out` });
    }
  }
  return faults;
}

function checkInput(input: SeriesInput, zone: string): void {
  const faults = seriesFaults(input, zone);
  if (faults.length > 0) throw new LecternError('invalid-request', 'This series is not valid.', faults);
}

export const seriesOf = (
  input: SeriesInput,
  anchorZone: string,
): NewSeries & { version: number; fillAsked: number; fillDone: number; filledUntil: null } => ({
  id: newId(),
  state: 'active',
  title: input.title,
  subject: input.subject ?? null,
  programme: input.programme ?? null,
  branch: input.branch ?? null,
  isTrial: input.isTrial ?? false,
  instructorId: input.instructorId.toLowerCase(),
  rrule: input.rrule,
  ruleStart: input.firstLesson,
  anchorZone,
  exdates: input.exdates ?? [],
  dayShift: 0,
  clock: input.firstLesson.slice(11),
  lengthMinutes: input.lengthMinutes,
  capacity: input.capacity ?? null,
  fromOriginal: null,
  beforeOriginal: null,
  continues: null,
  externalId: input.externalId ?? null,
  createdBy: null,
  createdAt: new Date(0),
  quietly: false,
  version: 1,
  fillAsked: 1,
  fillDone: 0,
  filledUntil: null,
});

async function peopleFor(tx: Tx, input: SeriesInput): Promise<{ students: PersonRow[]; instructor: PersonRow }> {
  const people = await peopleById(tx, [...input.studentIds, input.instructorId]);
  const person = (id: string, kind: string): PersonRow => {
    const found = people.find((p) => p.id === id.toLowerCase());
    if (found?.kind !== kind || !found.active) throw notFound(kind, id);
    return found;
  };
  return { students: input.studentIds.map((id) => person(id, 'student')), instructor: person(input.instructorId, 'instructor') };
}

export interface SeriesPreview {
  /** Up to here lessons are booked at once; the later ones follow as the days go by. */
  until: Date;
  occurrences: PreviewedOccurrence[];
  previewToken: string;
}

async function previewIn(ctx: Context, tx: Tx, input: SeriesInput): Promise<SeriesPreview & { zone: string }> {
  const people = await peopleFor(tx, input);
  const zone = input.anchorZone ?? people.students[0]!.zone;
  checkInput(input, zone);
  const series = seriesOf(input, zone);
  const ahead = await askAhead(tx, { ...series, rev: 1, seq: 'fill', students: people.students.length }, { asOf: ctx.asOf, ask: preview });
  const until = new Date(+ctx.asOf + ahead.horizonMs);
  const occurrences: PreviewedOccurrence[] = [];
  for (const o of occurrencesBetween(recurrenceOf(series), ctx.asOf, until)) {
    occurrences.push(await previewOccurrence(ctx, tx, { series, ...people, o }));
  }
  return { until, occurrences, previewToken: previewTokenOf(shownOf(occurrences)), zone };
}

/** What a family or a coordinator goes by: when, what is in the way, and what it costs. */
const shownOf = (occurrences: PreviewedOccurrence[]): Record<string, unknown> => ({
  times: occurrences.map((o) => o.startsAt.toISOString()),
  obstacles: occurrences.map((o) => o.obstacle),
  prices: occurrences.map((o) => [o.priceMinor, o.currency]),
});

/** Which lessons a series would book within its horizon, and what is in their way. Writes nothing. */
export const previewSeries = (ctx: Context, input: SeriesInput): Promise<SeriesPreview> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const { zone: _zone, ...shown } = await previewIn(ctx, tx, input);
    return shown;
  });

/**
 * Takes a series down; its lessons are booked by the filling that this asks for. Errors: `stale` when the preview would say something
 * else now, `already-exists` (details give the id), `not-found`, `no-rules`, `invalid-request`.
 */
export async function createSeries(ctx: Context, input: SeriesInput & { previewToken?: string | undefined }): Promise<{ seriesId: string }> {
  try {
    return await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const { occurrences, zone } = await previewIn(ctx, tx, input);
      const difference = input.previewToken === undefined ? [] : differenceSince(input.previewToken, shownOf(occurrences));
      if (difference.length > 0) throw new LecternError('stale', 'This series is no longer what its preview showed.', { difference });
      const series = { ...seriesOf(input, zone), createdBy: ctx.principal.id, createdAt: ctx.asOf };
      await insertSeries(tx, [{ ...series, studentIds: input.studentIds }]);
      await addAudit(tx, ctx, 'series.create', 'series', series.id, { rrule: series.rrule });
      return { seriesId: series.id };
    });
  } catch (error) {
    if (pgCode(error) !== '23505' || !input.externalId) throw error;
    const { externalId } = input;
    const id = await ctx.db.inOrganisation(ctx.organisationId, (tx) => seriesIdOf(tx, externalId));
    throw new LecternError('already-exists', `A series with externalId "${externalId}" exists already.`, { externalId, id: id ?? null });
  }
}
