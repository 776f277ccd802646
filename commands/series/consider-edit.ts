import { findSession, keysConcerned, lockPeople, lockSession, participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import { occurrencesOf, type ListedOccurrence, type SeriesRow } from '../../db/series';
import type { BatchItemRow } from '../../db/batches';
import type { Tx } from '../../db/database';
import type { Ask } from '../../decisions/decide';
import { LecternError } from '../../domain/errors';
import { isWanted, occurrenceOf } from '../../domain/recurrence';
import { AHEAD } from '../../domain/status';
import { timesFor } from '../batches/hold';
import type { Considered } from '../changes/consider';
import { refuseImpossible } from '../changes/refuse';
import { conflictsOfSeveral, considerSeveral } from '../changes/several';
import type { Context } from '../context';
import type { ChangeInput } from '../types';
import { changesPeople, changesRule, changesTimes, wantedOf, type EditedSeries, type SeriesEdit } from './edit-input';
import type { OtherTime } from './other-times';
import type { PreviewedOccurrence } from './preview-occurrence';
import { recurrenceOf } from './types';
import { afterItem, asItIs, changesTo, withStudents, wordsTo, type WantedLesson, type Words } from './wanted-lesson';

type Times = { startsAt: Date; endsAt: Date };

/** What an edit makes of one occurrence. */
export interface ConsideredOccurrence {
  original: string;
  session: SessionRow | null;
  participants: ParticipantRow[];
  /** `book`: filling books it as the series is then; what stood in its place, without a slot or left out, goes. */
  verdict: 'change' | 'cancel' | 'hold' | 'keep' | 'book';
  why: string | null;
  /** Of `hold`: a person chooses a time, or says whether it may be at all. */
  asks: 'time' | 'approval' | null;
  considered: Considered[];
  /** What it is called from now on, where that changes. */
  words: Words | null;
  goesTo: Times | null;
  conflicts: (Times & { personId: string })[];
  alternatives: OtherTime[];
  /** Of `book`: what filling would find. */
  booking: PreviewedOccurrence | null;
  /** What an earlier edit of the series has yet to do with it: this edit does that as well. */
  overtakes: BatchItemRow | null;
}

export interface Editing {
  ctx: Context;
  tx: Tx;
  series: SeriesRow;
  edited: EditedSeries;
  edit: SeriesEdit;
  ask: Ask;
  /** A lesson that is changed in this very transaction is locked before anything is said of it. */
  isCommit: boolean;
  /** What earlier edits have yet to do, by session; behind the lock of the series none of it is under way. */
  waiting: ReadonlyMap<string, BatchItemRow>;
}

const OVER = ['cancelled', 'refused', 'expired'];

/** An occurrence of which nothing is considered yet. */
export const nothingFor = (original: string): Omit<ConsideredOccurrence, 'verdict' | 'why'> => ({
  original,
  session: null,
  participants: [],
  asks: null,
  considered: [],
  words: null,
  goesTo: null,
  conflicts: [],
  alternatives: [],
  booking: null,
  overtakes: null,
});

/** Why an edit of its series does not touch a lesson. */
function whyKept(o: ListedOccurrence): string | null {
  if (OVER.includes(o.status!)) return 'It does not take place, and stays so.';
  if (!AHEAD.includes(o.status!)) return 'It has begun.';
  return o.isException ? 'It was changed by itself, and stays as it is.' : null;
}

const isInScope = ({ scope, original }: SeriesEdit, o: { original: string }): boolean =>
  scope === 'all' || (scope === 'this' ? o.original === original : o.original >= original!);

/** Whether the edit takes the occurrence out of its series. */
const isRemoved = ({ edit, edited }: Editing, original: string): boolean =>
  edit.cancel === true || (changesRule(edit) && !isWanted(recurrenceOf(edited.next), original));

function timesOf({ edit, edited }: Editing, original: string): Times {
  const wanted = wantedOf(edited, edit);
  const { startsAt } = occurrenceOf(recurrenceOf(wanted), original);
  return { startsAt, endsAt: new Date(+startsAt + wanted.lengthMinutes * 60_000) };
}

/** What the edit wants of a lesson that is to be so otherwise. */
function editedLesson(editing: Editing, original: string, lesson: WantedLesson): WantedLesson {
  const { edit, edited } = editing;
  if (isRemoved(editing, original)) return { ...lesson, isCancelled: true };
  const isCancelled = lesson.isCancelled && !changesRule(edit);
  const to = timesOf(editing, original);
  // One that lies elsewhere is set apart: it keeps its own start where only the length is another.
  const startsAt = edit.wallTime === undefined ? lesson.startsAt : to.startsAt;
  const lengthMs = edit.lengthMinutes === undefined ? +lesson.endsAt - +lesson.startsAt : edit.lengthMinutes * 60_000;
  const { title, subject, capacity } = wantedOf(edited, edit);
  return {
    startsAt,
    endsAt: new Date(+startsAt + lengthMs),
    instructorId: edit.instructorId?.toLowerCase() ?? lesson.instructorId,
    studentIds: withStudents(lesson.studentIds, { add: edit.addStudentIds, drop: edit.dropStudentIds }),
    isCancelled,
    words: {
      title: edit.title === undefined ? lesson.words.title : title,
      subject: edit.subject === undefined ? lesson.words.subject : subject,
      capacity: edit.capacity === undefined ? lesson.words.capacity : capacity,
    },
  };
}

/** Lessons of the edit that were considered already: their old times are free by then, their new ones are not. */
interface Earlier {
  gone: string[];
  given: Times[];
}

const overlaps = (a: Times, b: Times): boolean => a.startsAt < b.endsAt && b.startsAt < a.endsAt;

async function inTheWay({ tx }: Editing, considered: Considered[], { gone, given }: Earlier): Promise<ConsideredOccurrence['conflicts']> {
  const last = considered.at(-1);
  if (!last) return [];
  const conflicts = await conflictsOfSeveral(tx, considered, gone);
  const { session, participants } = last.after;
  const own = considered.some((c) => c.changing.input.kind === 'reschedule') ? given.filter((g) => overlaps(g, session)) : [];
  return [...conflicts, ...own.map((g) => ({ ...g, personId: participants.at(0)!.personId }))];
}

const STRICTEST = ['refuse', 'hold', 'allow'];
const strictest = (considered: Considered[]): Considered | undefined =>
  [...considered].sort((a, b) => STRICTEST.indexOf(String(a.decision.outcome.verdict)) - STRICTEST.indexOf(String(b.decision.outcome.verdict)))[0];

async function alternativesFor(editing: Editing, c: ConsideredOccurrence, { given }: Earlier): Promise<OtherTime[]> {
  const people = c.considered.at(-1)?.after.participants ?? c.participants;
  return timesFor(editing.ctx, editing.tx, c.session!, { after: editing.ctx.asOf, given, wanted: c.goesTo, people });
}

/** What the rules and the calendar say of a lesson that the edit changes. */
async function considerChanges(editing: Editing, base: ConsideredOccurrence, inputs: ChangeInput[], earlier: Earlier): Promise<ConsideredOccurrence> {
  const { ctx, tx, edit, ask } = editing;
  const session = base.session!;
  let considered: Considered[];
  try {
    if (edit.scope === 'this') for (const input of inputs) refuseImpossible(session.id, input, ctx.asOf);
    considered = await considerSeveral(ctx, tx, { session, participants: base.participants }, { inputs, ask });
  } catch (error) {
    if (edit.scope === 'this' || !(error instanceof LecternError)) throw error;
    return { ...base, verdict: 'hold', asks: 'time', why: error.message };
  }
  const worst = strictest(considered);
  const said = worst?.decision.outcome.verdict ?? 'allow';
  const conflicts = await inTheWay(editing, considered, earlier);
  const found = { ...base, considered, conflicts, why: worst?.why ?? null };
  if (said === 'refuse') return { ...found, verdict: 'hold', asks: 'time' };
  if (conflicts.length > 0) return { ...found, verdict: 'hold', asks: 'time', why: 'Somebody on it has another lesson then, or is away.' };
  if (said === 'hold') return { ...found, verdict: 'hold', asks: 'approval' };
  return { ...found, verdict: inputs[0]?.kind === 'cancel' ? 'cancel' : 'change' };
}

async function considerOne(editing: Editing, o: ListedOccurrence, earlier: Earlier): Promise<ConsideredOccurrence> {
  const { ctx, tx, edit } = editing;
  const base: ConsideredOccurrence = { ...nothingFor(o.original), verdict: 'keep', why: null };
  const reopens = changesTimes(edit) || changesPeople(edit);
  if (!o.sessionId) {
    const isBooked = reopens && !isRemoved(editing, o.original);
    return { ...base, verdict: isBooked ? 'book' : 'keep', why: isBooked ? null : o.reason };
  }
  const isAlone = edit.scope === 'this';
  const session = isAlone && editing.isCommit ? await lockSession(tx, o.sessionId) : (await findSession(tx, o.sessionId))!;
  const participants = await participantsOf(tx, session.id);
  const found = { ...base, session, participants };
  const kept = isAlone ? null : whyKept(o);
  if (kept) return { ...found, why: kept };
  const overtakes = editing.waiting.get(session.id) ?? null;
  if (session.withoutSlot && reopens && !isAlone && !isRemoved(editing, o.original)) return { ...found, overtakes, verdict: 'book' };
  const lesson = asItIs(session, participants);
  const wanted = editedLesson(editing, o.original, overtakes ? afterItem(lesson, overtakes) : lesson);
  const inputs = changesTo(wanted, session, participants, edit.reason);
  const words = wanted.isCancelled ? null : wordsTo(wanted, session);
  if (inputs.length === 0 && !words) return { ...found, overtakes, why: 'Nothing changes for it.' };
  const move = inputs.find((i) => i.kind === 'reschedule');
  if (move && !isAlone && move.startsAt! <= ctx.asOf) return { ...found, why: 'Its new time has passed; it stays as it is.' };
  const goesTo = move ? { startsAt: move.startsAt!, endsAt: move.endsAt! } : null;
  const considered = await considerChanges(editing, { ...found, overtakes, words, goesTo }, inputs, earlier);
  if (considered.asks !== 'time') return considered;
  return { ...considered, alternatives: await alternativesFor(editing, considered, earlier) };
}

/** Lessons that go later leave from the last one on, so that each finds its place free. */
function inOrder(editing: Editing, list: ListedOccurrence[]): ListedOccurrence[] {
  const [first] = list.filter((o) => o.startsAt && !o.isException);
  const goLater = first && editing.edit.wallTime !== undefined && timesOf(editing, first.original).startsAt > first.startsAt!;
  return goLater ? [...list].reverse() : list;
}

/** Lessons that this transaction changes itself, then everybody on any of them: each in one order, before anything is asked behind their locks. */
async function lockAll({ tx, edit, edited, series }: Editing, listed: readonly ListedOccurrence[]): Promise<void> {
  const sessionIds = listed.flatMap((o) => o.sessionId ?? []);
  const changed = listed.filter((o) => edit.scope === 'this' || o.withoutSlot).flatMap((o) => o.sessionId ?? []);
  for (const id of changed.sort()) await lockSession(tx, id);
  const personIds = [...edited.studentIds, edited.next.instructorId, series.instructorId, ...(edit.instructorId ? [edit.instructorId] : [])];
  await lockPeople(tx, await keysConcerned(tx, sessionIds, personIds));
}

/** Every occurrence that was filled and is still to come, with what the edit makes of it. What is over is none of its business. */
export async function considerOccurrences(editing: Editing): Promise<ConsideredOccurrence[]> {
  const { ctx, tx, series, edit } = editing;
  const isAhead = (o: ListedOccurrence): boolean => (o.startsAt ?? timesOf(editing, o.original).startsAt) > ctx.asOf || edit.scope === 'this';
  const listed = (await occurrencesOf(tx, series.id)).filter((o) => isInScope(edit, o) && isAhead(o));
  if (editing.isCommit) await lockAll(editing, listed);
  const considered: ConsideredOccurrence[] = [];
  const earlier: Earlier = { gone: [], given: [] };
  for (const o of inOrder(editing, listed)) {
    const one = await considerOne(editing, o, earlier);
    considered.push(one);
    if (one.verdict !== 'change' && one.verdict !== 'cancel') continue;
    earlier.gone.push(one.session!.id);
    const last = one.considered.at(-1)?.after.session;
    if (one.goesTo && last) earlier.given.push({ startsAt: last.startsAt, endsAt: new Date(+last.endsAt + last.bufferMinutes * 60_000) });
  }
  return considered;
}
