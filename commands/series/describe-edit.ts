import { peopleById } from '../../db/people';
import { knownOriginals, type SeriesRow } from '../../db/series';
import { preview } from '../../decisions/decide';
import { occurrencesBetween } from '../../domain/recurrence';
import { wallTimeOf } from '../../domain/time';
import { chargesOf, toldBy } from '../change-preview';
import { whoIsTold } from '../closures/describe';
import type { ChangePreview } from '../types';
import { nothingFor, type ConsideredOccurrence, type Editing } from './consider-edit';
import { askAhead, type OtherTime } from './other-times';
import { previewOccurrence, type PreviewedOccurrence } from './preview-occurrence';
import { recurrenceOf } from './types';

/** An occurrence as the preview of an edit shows it. */
export interface PreviewedEdit {
  original: string;
  sessionId: string | null;
  startsAt: Date | null;
  verdict: ConsideredOccurrence['verdict'];
  why: string | null;
  /** What is done with it, in order; `details` is what it is called and how many places it has. */
  changes: string[];
  newStartsAt: Date | null;
  newEndsAt: Date | null;
  /** Where it goes, on the wall of the anchor zone. */
  newWallTime: string | null;
  conflicts: ConsideredOccurrence['conflicts'];
  alternatives: OtherTime[];
  charges: ChangePreview['charges'];
  messages: ChangePreview['messages'];
  obstacle: PreviewedOccurrence['obstacle'];
  priceMinor: number | null;
  currency: string | null;
}

export interface SeriesEditPreview {
  /** Up to here lessons are booked; what lies behind follows the edited series when its time comes. */
  until: Date;
  occurrences: PreviewedEdit[];
  /** Each is told once of all of it. */
  told: { personId: string; lessons: number }[];
  previewToken: string;
}

export const changesOfOccurrence = (c: ConsideredOccurrence): string[] => [
  ...c.considered.map((one) => one.changing.input.kind),
  ...(c.words ? ['details'] : []),
];

/** The charges of one lesson's changes, a line a student: a late move that brings another instructor costs what its parts cost. */
async function billFor({ considered }: ConsideredOccurrence): Promise<ChangePreview['charges']> {
  const byStudent = new Map<string, ChangePreview['charges'][number]>();
  for (const one of considered) {
    for (const charge of await chargesOf(one)) {
      const before = byStudent.get(charge.studentId);
      byStudent.set(charge.studentId, {
        ...charge,
        percent: charge.percent + (before?.percent ?? 0),
        amountMinor: charge.amountMinor + (before?.amountMinor ?? 0),
        held: charge.held || before?.held === true,
      });
    }
  }
  return [...byStudent.values()];
}

/** What is sent of this lesson beside the one message of the whole edit: a way in or reminders of who comes, a notice where it is edited alone. */
async function messagesFor({ edit }: Editing, { considered }: ConsideredOccurrence): Promise<ChangePreview['messages']> {
  const messages: ChangePreview['messages'] = [];
  for (const one of considered) messages.push(...(await toldBy(one)).messages);
  return edit.scope === 'this' ? messages : messages.filter((m) => m.kind !== 'change');
}

export async function describeOccurrence(editing: Editing, c: ConsideredOccurrence): Promise<PreviewedEdit> {
  const isDone = c.verdict === 'change' || c.verdict === 'cancel';
  const goesTo = c.booking ?? c.goesTo;
  return {
    original: c.original,
    sessionId: c.session?.id ?? null,
    startsAt: c.session?.startsAt ?? null,
    verdict: c.verdict,
    why: c.booking?.why ?? c.why,
    changes: c.verdict === 'keep' || c.verdict === 'book' ? [] : changesOfOccurrence(c),
    newStartsAt: goesTo?.startsAt ?? null,
    newEndsAt: goesTo?.endsAt ?? null,
    newWallTime: goesTo ? wallTimeOf(+goesTo.startsAt, editing.series.anchorZone) : null,
    conflicts: c.booking?.conflicts ?? c.conflicts,
    alternatives: c.alternatives,
    charges: isDone ? await billFor(c) : [],
    messages: isDone ? await messagesFor(editing, c) : [],
    obstacle: c.booking?.obstacle ?? null,
    priceMinor: c.booking?.priceMinor ?? null,
    currency: c.booking?.currency ?? null,
  };
}

export const isChanged = (c: ConsideredOccurrence): boolean => (c.verdict === 'change' || c.verdict === 'cancel') && c.considered.length > 0;

/** Who is told of it: whoever took part, and whoever does from now on. */
export const toldOf = (editing: Editing, list: ConsideredOccurrence[]): Promise<SeriesEditPreview['told']> =>
  whoIsTold(
    editing.tx,
    list.filter(isChanged).map((c) => {
      const joins = c.considered.flatMap((one) => one.after.participants).filter((p) => !c.participants.some((q) => q.personId === p.personId));
      const once = joins.filter((p, i) => joins.findIndex((q) => q.personId === p.personId) === i);
      return { session: c.session!, participants: [...c.participants, ...once], verdict: c.verdict };
    }),
  );

const untilOf = async ({ ctx, tx, edited }: Editing): Promise<Date> => {
  const series = edited.next;
  const ahead = await askAhead(
    tx,
    { ...series, rev: series.version, seq: 'fill', students: edited.studentIds.length },
    { asOf: ctx.asOf, ask: preview },
  );
  return new Date(+ctx.asOf + ahead.horizonMs);
};

/** What filling will find for the edited series once the edit is done: in the place of what gives way, and where nothing was before. */
export async function withBookings(editing: Editing, list: ConsideredOccurrence[]): Promise<{ until: Date; occurrences: ConsideredOccurrence[] }> {
  const { ctx, tx, series, edited, edit } = editing;
  const until = await untilOf(editing);
  const next: SeriesRow = edited.next;
  if (edit.scope === 'this' || edit.cancel === true) return { until, occurrences: list };
  const people = await peopleById(tx, [...edited.studentIds, next.instructorId]);
  const students = people.filter((p) => edited.studentIds.includes(p.id));
  const instructor = people.find((p) => p.id === next.instructorId)!;
  const exceptSessionIds = list.filter(isChanged).map((c) => c.session!.id);
  const giveWay = new Map(list.filter((c) => c.verdict === 'book').map((c) => [c.original, c]));
  const known = await knownOriginals(tx, series.id);
  const occurrences = list.filter((c) => c.verdict !== 'book');
  for (const o of occurrencesBetween(recurrenceOf(next), ctx.asOf, until)) {
    const before = giveWay.get(o.original);
    if (known.has(o.original) && !before) continue;
    const booking = await previewOccurrence(ctx, tx, { series: next, students, instructor, o, exceptSessionIds });
    occurrences.push({ ...nothingFor(o.original), ...before, verdict: 'book', why: null, booking });
  }
  return { until, occurrences: occurrences.sort((a, b) => (a.original < b.original ? -1 : 1)) };
}
