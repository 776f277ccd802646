import { peopleById } from '../../db/people';
import type { SeriesRow } from '../../db/series';
import type { Tx } from '../../db/database';
import { LecternError, notFound } from '../../domain/errors';
import { newId } from '../../domain/ids';
import { isOfRule, isWanted, occurrencesBetween, MOST_SHIFT_DAYS, rruleFault, shiftTo } from '../../domain/recurrence';
import { recurrenceOf } from './types';

/** An edit of a series: of one lesson, of one and all that follow, or of all that are still to come. */
export interface SeriesEdit {
  scope: 'this' | 'following' | 'all';
  /** The time of the rule that the edit is about, or begins with. */
  original?: string | undefined;
  /** Where that lesson goes, on the wall of the anchor zone; the others are moved alike. */
  wallTime?: string | undefined;
  lengthMinutes?: number | undefined;
  instructorId?: string | undefined;
  addStudentIds?: string[] | undefined;
  dropStudentIds?: string[] | undefined;
  title?: string | undefined;
  subject?: string | null | undefined;
  capacity?: number | null | undefined;
  /** How the series recurs from there on; with COUNT or UNTIL, where it ends. */
  rrule?: string | undefined;
  /** More times of the rule that are left out. */
  exdates?: string[] | undefined;
  /** The lessons do not take place, and no more are booked. */
  cancel?: boolean | undefined;
  reason?: string | undefined;
}

/** A series as an edit leaves it: what its occurrences from there on belong to, and what is left of the one that was split. */
export interface EditedSeries {
  next: SeriesRow;
  studentIds: string[];
  before: SeriesRow | null;
}

/** Longer than any rule that we take pauses. */
const LOOK_AHEAD_MS = 400 * 86_400_000;

type Fault = { path: string; message: string };
const FIELDS = [
  'wallTime',
  'lengthMinutes',
  'instructorId',
  'addStudentIds',
  'dropStudentIds',
  'title',
  'subject',
  'capacity',
  'rrule',
  'exdates',
] as const;

export const changesTimes = (e: SeriesEdit): boolean => e.wallTime !== undefined || e.lengthMinutes !== undefined;
export const changesRule = (e: SeriesEdit): boolean => e.rrule !== undefined || e.exdates !== undefined;
export const changesPeople = (e: SeriesEdit): boolean =>
  e.instructorId !== undefined || (e.addStudentIds ?? []).length > 0 || (e.dropStudentIds ?? []).length > 0;
export const changesWords = (e: SeriesEdit): boolean => e.title !== undefined || e.subject !== undefined || e.capacity !== undefined;

/** What the edit itself lacks or has too much of. */
function faultsOfForm(e: SeriesEdit): Fault[] {
  const faults: Fault[] = [];
  const given = FIELDS.filter((f) => e[f] !== undefined);
  if (e.cancel && given.length > 0) faults.push({ path: 'cancel', message: `goes without ${given.join(', ')}: what is cancelled is not changed` });
  if (!e.cancel && given.length === 0) faults.push({ path: 'scope', message: `nothing is asked for: give ${FIELDS.join(', ')}, or cancel` });
  if (e.original === undefined && e.scope !== 'all') faults.push({ path: 'original', message: `says which lesson is meant with scope ${e.scope}` });
  if (e.original === undefined && e.wallTime !== undefined) faults.push({ path: 'original', message: 'says which lesson goes to that wall time' });
  if (e.scope === 'this' && changesRule(e))
    faults.push({ path: 'scope', message: 'one lesson has no rule: use following or all, or cancel this one' });
  if (e.scope !== 'this' && e.reason === undefined)
    faults.push({ path: 'reason', message: 'is what everybody is told who has several lessons changed' });
  return faults;
}

function faultsOfTime(series: SeriesRow, e: SeriesEdit, next: SeriesRow): Fault[] {
  const faults: Fault[] = [];
  // One lesson may be an exception that lies beyond the bounds of its series by now; whether there is one is looked up.
  if (e.scope !== 'this' && e.original !== undefined && !isWanted(recurrenceOf(series), e.original)) {
    faults.push({ path: 'original', message: `${e.original} is not a time of this series` });
  }
  if (Math.abs(next.dayShift) > MOST_SHIFT_DAYS) {
    faults.push({ path: 'wallTime', message: `is more than ${MOST_SHIFT_DAYS} days beside the rule: give another rrule` });
  }
  const rule = e.rrule === undefined ? null : rruleFault(e.rrule);
  if (rule) return [...faults, { path: 'rrule', message: rule }];
  const counted = recurrenceOf(next);
  if (e.rrule !== undefined && !isOfRule(counted, next.ruleStart)) {
    faults.push({ path: 'rrule', message: `does not contain ${next.ruleStart}, which it counts from: to move lessons to other days give wallTime` });
  }
  for (const [i, exdate] of (e.exdates ?? []).entries()) {
    if (!isOfRule(counted, exdate)) faults.push({ path: `exdates.${i}`, message: `${exdate} is not a time of the rule, so nothing is left out` });
  }
  return faults;
}

function faultsOfPeople(e: SeriesEdit, before: readonly string[], after: readonly string[], capacity: number | null): Fault[] {
  const faults: Fault[] = [];
  for (const [i, id] of (e.addStudentIds ?? []).entries()) {
    if (before.includes(id.toLowerCase())) faults.push({ path: `addStudentIds.${i}`, message: 'takes part already' });
  }
  for (const id of e.dropStudentIds ?? []) if (!before.includes(id.toLowerCase())) throw notFound('student of this series', id);
  if (after.length === 0) faults.push({ path: 'dropStudentIds', message: 'nobody would be left to teach: cancel instead' });
  if (capacity !== null && after.length > capacity) faults.push({ path: 'capacity', message: 'has fewer places than there are students' });
  return faults;
}

/** Who is named has to be there, as what they are named. */
async function checkPeople(tx: Tx, e: SeriesEdit): Promise<void> {
  const named = [
    ...(e.instructorId ? [{ id: e.instructorId, kind: 'instructor' }] : []),
    ...(e.addStudentIds ?? []).map((id) => ({ id, kind: 'student' })),
  ];
  const people = await peopleById(
    tx,
    named.map((n) => n.id),
  );
  for (const { id, kind } of named) {
    const found = people.find((p) => p.id === id.toLowerCase());
    if (found?.kind !== kind || !found.active) throw notFound(kind, id);
  }
}

function fieldsOf(series: SeriesRow, e: SeriesEdit): SeriesRow {
  return {
    ...series,
    title: e.title ?? series.title,
    subject: e.subject === undefined ? series.subject : e.subject,
    capacity: e.capacity === undefined ? series.capacity : e.capacity,
    instructorId: e.instructorId?.toLowerCase() ?? series.instructorId,
    lengthMinutes: e.lengthMinutes ?? series.lengthMinutes,
    rrule: e.rrule ?? series.rrule,
    exdates: [...new Set([...series.exdates, ...(e.exdates ?? [])])].sort(),
    ...(e.wallTime && e.original && shiftTo(e.original, e.wallTime)),
  };
}

/** Whether the series has any occurrence before that one; without, "this and following" are all. */
const hasEarlier = (series: SeriesRow, original: string): boolean => original > (series.fromOriginal ?? series.ruleStart);

/** A time of the rule that is over, and was never booked, is not to come back because the lessons take place later in the week now. */
function fromNow(series: SeriesRow, e: SeriesEdit, asOf: Date): string | null {
  if (e.wallTime === undefined) return series.fromOriginal;
  const [next] = occurrencesBetween({ ...recurrenceOf(series), exdates: [] }, asOf, new Date(+asOf + LOOK_AHEAD_MS));
  return next?.original ?? series.fromOriginal;
}

function splitOf(series: SeriesRow, e: SeriesEdit, asOf: Date): Pick<EditedSeries, 'next' | 'before'> {
  const { original } = e;
  if (e.scope === 'this') return { next: series, before: null };
  const isSplit = e.scope === 'following' && hasEarlier(series, original!);
  if (e.cancel) return { next: isSplit ? { ...series, beforeOriginal: original! } : { ...series, state: 'ended' }, before: null };
  const edited = fieldsOf(series, e);
  if (!isSplit) return { next: { ...edited, fromOriginal: fromNow(series, e, asOf) }, before: null };
  const next: SeriesRow = {
    ...edited,
    id: newId(),
    version: 1,
    externalId: null,
    fromOriginal: original!,
    // A rule of its own counts from where it begins; the one that goes on counts on.
    ruleStart: e.rrule === undefined ? series.ruleStart : original!,
    continues: series.id,
    fillAsked: 1,
    fillDone: 0,
    filledUntil: null,
  };
  return { next, before: { ...series, beforeOriginal: original! } };
}

interface Asked {
  edit: SeriesEdit;
  asOf: Date;
}

/** The series as the edit would leave it. Errors: `invalid-request` (each fault at its place), `illegal-move`, `not-found`. */
export async function editedSeries(tx: Tx, series: SeriesRow, students: readonly string[], { edit: e, asOf }: Asked): Promise<EditedSeries> {
  if (series.state === 'ended') throw new LecternError('illegal-move', `Series ${series.id} has ended. Book a new series.`);
  const faults = faultsOfForm(e);
  if (faults.length === 0) {
    await checkPeople(tx, e);
    const { next, before } = splitOf(series, e, asOf);
    const dropped = new Set((e.dropStudentIds ?? []).map((id) => id.toLowerCase()));
    const studentIds = [...new Set([...students, ...(e.addStudentIds ?? []).map((id) => id.toLowerCase())])].filter((id) => !dropped.has(id));
    const timed = e.scope === 'this' && !e.cancel ? fieldsOf(series, e) : next;
    faults.push(...faultsOfTime(series, e, timed), ...faultsOfPeople(e, students, studentIds, timed.capacity));
    if (faults.length === 0) return { next, studentIds, before };
  }
  throw new LecternError('invalid-request', 'This edit of the series is not valid.', faults);
}

/** The one lesson of a scope "this" as it would be, were the whole series so. */
export const wantedOf = (edited: EditedSeries, e: SeriesEdit): SeriesRow =>
  e.scope === 'this' && !e.cancel ? fieldsOf(edited.next, e) : edited.next;
