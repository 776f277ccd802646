import { lessonsAround, type OtherLesson } from '../db/load';
import { teachingOf } from '../db/teaching';
import type { Tx } from '../db/database';
import type { PersonRow } from '../db/people';
import { dayOf, instantOnWall } from '../domain/time';
import type { Facts } from '../policy/types';

/** What else the people of a booking have around it, and what its instructor takes on at most by their own word. */
export interface Around {
  others: readonly OtherLesson[];
  ownCap: { mostADay: number | null; mostAWeek: number | null } | null;
}

/** Read for a session that may be there already, and then does not count itself; stays so behind its people's locks only. */
export async function readAround(
  tx: Tx,
  { personIds, instructorId, startsAt, id }: { personIds: readonly string[]; instructorId: string | null; startsAt: Date; id: string },
): Promise<Around> {
  const [ownCap = null] = instructorId === null ? [] : await teachingOf(tx, [instructorId]);
  return { others: await lessonsAround(tx, personIds, startsAt, id), ownCap };
}

interface Span {
  from: number;
  to: number;
}

/** The day and the week (from Monday) of an instant, as somebody in a zone has them. */
function spansOf(instantMs: number, zone: string): { day: Span; week: Span } {
  const day = dayOf(instantMs, zone);
  const monday = day.subtract({ days: day.dayOfWeek - 1 });
  const midnight = (d: typeof day): number => instantOnWall(d, '00:00', zone, 'first');
  return {
    day: { from: midnight(day), to: midnight(day.add({ days: 1 })) },
    week: { from: midnight(monday), to: midnight(monday.add({ days: 7 })) },
  };
}

type Count = { day: number; week: number };

/** How many sessions somebody would have that day and week, the booking included, as their own clock has it. */
function counter(startsAt: Date, others: readonly OtherLesson[]): (p: Pick<PersonRow, 'id' | 'zone'>) => Count {
  const zones = new Map<string, ReturnType<typeof spansOf>>();
  return ({ id, zone }) => {
    const starts = others.filter((o) => o.personId === id).map((o) => +o.startsAt);
    if (starts.length === 0) return { day: 1, week: 1 };
    const { day, week } = zones.get(zone) ?? zones.set(zone, spansOf(+startsAt, zone)).get(zone)!;
    const countIn = ({ from, to }: Span): number => 1 + starts.filter((s) => s >= from && s < to).length;
    return { day: countIn(day), week: countIn(week) };
  };
}

/** Who has a session more that day or week by a move: on a day that has it already it is none more. */
export interface MoreFor {
  startsAt: Date;
  /** Where the session was until now; null when these people were not on it. */
  movedFrom: Date | null;
  students: PersonRow[];
  instructor: PersonRow | undefined;
}

const within = (instant: Date, { from, to }: Span): boolean => +instant >= from && +instant < to;

/** How much those whom a change gives a session more would have with it; of the students, whoever has most. */
export function moreLoadFacts({ startsAt, movedFrom, students, instructor }: MoreFor, { others, ownCap }: Around): Facts {
  const count = counter(startsAt, others);
  const more = (p: PersonRow): Count => {
    if (!movedFrom) return count(p);
    const { day, week } = spansOf(+startsAt, p.zone);
    const { day: inDay, week: inWeek } = count(p);
    return { day: within(movedFrom, day) ? 0 : inDay, week: within(movedFrom, week) ? 0 : inWeek };
  };
  const counts = students.map(more);
  const most = (of: keyof Count): number => Math.max(0, ...counts.map((c) => c[of]));
  const teaching = instructor ? more(instructor) : { day: 0, week: 0 };
  return {
    studentSessionsThatDay: most('day'),
    studentSessionsThatWeek: most('week'),
    instructorSessionsThatDay: teaching.day,
    instructorSessionsThatWeek: teaching.week,
    instructorOverOwnCap: teaching.day > (ownCap?.mostADay ?? Infinity) || teaching.week > (ownCap?.mostAWeek ?? Infinity),
  };
}

/** How much the people of a booking would have with it: of the students, whoever has most. */
export const loadFacts = (booking: Pick<MoreFor, 'startsAt' | 'students' | 'instructor'>, around: Around): Facts =>
  moreLoadFacts({ ...booking, movedFrom: null }, around);
