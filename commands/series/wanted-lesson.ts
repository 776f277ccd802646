import type { BatchItemRow } from '../../db/batches';
import type { ParticipantRow, SessionRow } from '../../db/sessions';
import { partsOf } from '../batches/parts';
import type { ChangeInput } from '../types';

/** What a lesson is called, and how many places it has. */
export type Words = Pick<SessionRow, 'title' | 'subject' | 'capacity'>;

/** A lesson as it is to be, whatever has to be done for that. */
export interface WantedLesson {
  startsAt: Date;
  endsAt: Date;
  instructorId: string | undefined;
  studentIds: string[];
  isCancelled: boolean;
  words: Words;
}

export const asItIs = (session: SessionRow, participants: readonly ParticipantRow[]): WantedLesson => ({
  startsAt: session.startsAt,
  endsAt: session.endsAt,
  instructorId: participants.find((p) => p.role === 'instructor')?.personId,
  studentIds: participants.filter((p) => p.role === 'student').map((p) => p.personId),
  isCancelled: false,
  words: { title: session.title, subject: session.subject, capacity: session.capacity },
});

export function withStudents(before: readonly string[], { add = [], drop = [] }: { add?: readonly string[]; drop?: readonly string[] }): string[] {
  const gone = new Set(drop.map((id) => id.toLowerCase()));
  return [...new Set([...before, ...add.map((id) => id.toLowerCase())])].filter((id) => !gone.has(id));
}

function after(lesson: WantedLesson, { kind, startsAt, endsAt, instructorId, studentId }: ChangeInput): WantedLesson {
  if (kind === 'cancel') return { ...lesson, isCancelled: true };
  if (kind === 'reschedule') return { ...lesson, startsAt: startsAt!, endsAt: endsAt! };
  if (kind === 'reassign') return { ...lesson, instructorId };
  const students = kind === 'add' ? { add: [studentId!] } : kind === 'drop' ? { drop: [studentId!] } : {};
  return { ...lesson, studentIds: withStudents(lesson.studentIds, students) };
}

/** What an earlier edit of the series is about to make of a lesson: the one that comes now goes on from there. */
export function afterItem(lesson: WantedLesson, item: BatchItemRow): WantedLesson {
  const { goesTo, words } = item.change as { goesTo?: { startsAt: string; endsAt: string } | null; words?: Words };
  const moved = goesTo ? { ...lesson, startsAt: new Date(goesTo.startsAt), endsAt: new Date(goesTo.endsAt) } : lesson;
  const parts = Array.isArray(item.change.parts) ? partsOf(item, null) : [];
  return { ...parts.reduce((l, { input }) => after(l, input), moved), words: { ...lesson.words, ...words } };
}

/** The changes that bring a session to what is wanted of it, in their order; none where it is so already. */
export function changesTo(wanted: WantedLesson, session: SessionRow, participants: readonly ParticipantRow[], reason?: string): ChangeInput[] {
  if (wanted.isCancelled) return [{ kind: 'cancel', reason }];
  const is = asItIs(session, participants);
  const { startsAt, endsAt, instructorId } = wanted;
  const inputs: ChangeInput[] = [];
  if (+startsAt !== +is.startsAt || +endsAt !== +is.endsAt) inputs.push({ kind: 'reschedule', startsAt, endsAt, reason });
  if (instructorId !== is.instructorId) inputs.push({ kind: 'reassign', instructorId, reason });
  for (const studentId of wanted.studentIds) if (!is.studentIds.includes(studentId)) inputs.push({ kind: 'add', studentId, reason });
  for (const studentId of is.studentIds) if (!wanted.studentIds.includes(studentId)) inputs.push({ kind: 'drop', studentId, reason });
  return inputs;
}

/** What it is called from now on; null where that stays. */
export function wordsTo({ words }: WantedLesson, session: SessionRow): Words | null {
  return (Object.keys(words) as (keyof Words)[]).every((k) => words[k] === session[k]) ? null : words;
}
