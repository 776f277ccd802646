import type { Taken } from '../../db/import/sessions';
import { placeOf } from './once';
import type { At, Faults } from './types';

/** A lesson at a time, with its people: of a new row, or of one that moves a lesson. */
export interface Placed {
  at: At;
  startsAt: Date;
  endsAt: Date;
  bufferMinutes: number;
  students: readonly { id: string }[];
  instructor: { id: string };
}

interface Span {
  startMs: number;
  /** Buffer included. */
  endMs: number;
  /** Null of a lesson that is here already. */
  of: Placed | null;
  column: 'students' | 'instructor';
}

const inWords = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** Nobody is in two lessons at once: those of the files against each other, and against what is booked. */
export function findClashes(lessons: readonly Placed[], taken: readonly Taken[], faults: Faults): void {
  const spans = new Map<string, Span[]>();
  const add = (personId: string, span: Span): void => void (spans.get(personId) ?? spans.set(personId, []).get(personId)!).push(span);
  for (const of of lessons) {
    const span = { startMs: +of.startsAt, endMs: +of.endsAt + of.bufferMinutes * 60_000, of };
    for (const s of of.students) add(s.id, { ...span, column: 'students' });
    add(of.instructor.id, { ...span, column: 'instructor' });
  }
  for (const t of taken) add(t.personId, { startMs: +t.startsAt, endMs: +t.endsAt, of: null, column: 'students' });
  for (const list of spans.values()) sweep(list, faults);
}

/** One walk in the order of time: a lesson that starts while the one before still holds its person clashes. */
function sweep(list: Span[], faults: Faults): void {
  list.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  let latest: Span | undefined;
  for (const span of list) {
    const clashes = latest !== undefined && span.startMs < latest.endMs;
    const [blamed, other] = span.of ? [span, latest] : [latest, span];
    if (clashes && blamed?.of) {
      const where = other!.of ? `that of ${placeOf(other!.of.at)}` : 'a lesson that is booked here';
      faults.add(blamed.of.at, blamed.column, {
        fault: `somebody is taken by ${where} (${inWords(other!.startMs)} to ${inWords(other!.endMs)} UTC, breaks included)`,
        remedy: 'give one of the two another time, or leave it out',
      });
    }
    if (!latest || span.endMs > latest.endMs) latest = span;
  }
}
