import { EARLY } from './course';
import { AFTERWARDS, changeTogether, daysLater, hourWithin, type Ensemble, type Placing } from './ensemble';
import type { Lesson } from './lesson';
import { DAY, HOUR } from './timing';

/** Between the booking of a series and its first lesson, hours: no instant is near at which a reminder or an acknowledgement begins to be owed. */
const LEAD: [number, number] = [30, 40];
const LEAD_MS = (LEAD[1] + 1) * HOUR;
const HOURS: [number, number] = [9, 16];
/** An edit moves lessons by so much. */
const LATER = 2 * HOUR;
/** The lesson that is in the way is booked so long before the series. */
const BEFORE = 6 * HOUR;

/** Daily lessons of a student, booked as one series. */
function series(placing: Placing, { courses, leadMs }: { courses: string[]; leadMs: number }): Lesson[] {
  const { fromMs, untilMs, zone, random, families, lesson } = placing;
  const range = { from: fromMs + leadMs, to: untilMs - (courses.length - 1) * DAY - LATER - 2 * HOUR - AFTERWARDS };
  const first = hourWithin(placing, range, HOURS);
  const bookedAt = first - random.whole(...LEAD) * HOUR;
  const lessons = courses.map((course, n) => lesson(course, families[0]!.slice(0, 1), daysLater(first, n, zone)));
  for (const l of lessons) {
    l.series = lessons.map((m) => m.key);
    l.booking.at = bookedAt;
    // One series has one name.
    Object.assign(l, { title: lessons[0]!.title, subject: lessons[0]!.subject });
  }
  return lessons;
}

/** Three lessons; from the second on they are moved to a later hour. */
export const seriesEdited: Ensemble = {
  lessons: 3,
  families: 1,
  needsMs: LEAD_MS + 3 * DAY + LATER + 2 * HOUR + AFTERWARDS,
  write(placing) {
    const [, ...following] = series(placing, { courses: ['series-first', 'series-moved', 'series-moved'], leadMs: LEAD_MS });
    const [from, to] = [following[0]!.startsAt, following.at(-1)!.endsAt];
    const edit = { cause: 'edit', at: from - EARLY, from, to, reason: 'music on the same afternoon' } as const;
    changeTogether(following, edit, (l) => ({ kind: 'reschedule', to: { startsAt: l.startsAt + LATER, endsAt: l.endsAt + LATER }, person: null }));
    return [];
  },
};

/** Two lessons, of which the second cannot be: its instructor has another one then. A coordinator leaves it out. */
export const seriesInTheWay: Ensemble = {
  lessons: 3,
  families: 2,
  needsMs: LEAD_MS + BEFORE + 2 * DAY + LATER + 2 * HOUR + AFTERWARDS,
  write(placing) {
    const [first, second] = series(placing, { courses: ['series-first', 'series-taken'], leadMs: LEAD_MS + BEFORE });
    second!.booking.isHeld = true;
    second!.booking.answer = 'reject';
    const inTheWay = placing.lesson('in-the-way', placing.families[1]!.slice(0, 1), second!.startsAt);
    inTheWay.booking.at = first!.booking.at - BEFORE;
    return [];
  },
};
