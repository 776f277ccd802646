import { instantOf, wallTimeOf } from '../../domain/time';
import { substitute } from './cast';
import { EARLY, substituteKey } from './course';
import { AFTERWARDS, changeTogether, daysLater, hourWithin, type Ensemble, type Placing } from './ensemble';
import type { Lesson } from './lesson';
import { DAY, HOUR, MINUTE } from './timing';

/** Between the booking of a lesson and its start, hours: no instant is near at which a reminder or an acknowledgement begins to be owed. */
const LEAD: [number, number] = [60, 68];
const LEAD_MS = (LEAD[1] + 4) * HOUR;
/** The rules look for other times between the hours of the instructor's day, in half hours, with five minutes after each lesson. */
const OPENS = '08:00';
const APART = 90 * MINUTE;

/** Lessons of one day: the first family, whose siblings or whose one child has two, and where there is one a second family. */
function lessonsOfDay(placing: Placing, { course, families, apartMs }: { course: string; families: number[]; apartMs: number }): Lesson[] {
  const { fromMs, untilMs, random } = placing;
  const first = hourWithin(placing, { from: fromMs + LEAD_MS, to: untilMs - DAY - families.length * apartMs - AFTERWARDS }, [11, 13]);
  const seen = new Map<number, number>();
  return families.map((f, n) => {
    const turn = seen.get(f) ?? 0;
    seen.set(f, turn + 1);
    const students = placing.families[f]!;
    const lesson = placing.lesson(course, [students[turn % students.length]!], first + n * apartMs);
    lesson.booking.at = lesson.startsAt - random.whole(...LEAD) * HOUR;
    return lesson;
  });
}

/** A branch closes for a day: its lessons go to the next morning, one after the other, since nothing else is near. */
export const closedDay: Ensemble = {
  lessons: 3,
  families: 2,
  needsMs: LEAD_MS + 3 * DAY + AFTERWARDS,
  write(placing) {
    const { zone } = placing;
    const lessons = lessonsOfDay(placing, { course: 'closed-day', families: [0, 0, 1], apartMs: 2 * HOUR });
    for (const l of lessons) l.branch = `Branch ${lessons[0]!.key}`;
    const first = lessons[0]!.startsAt;
    const from = instantOf(`${wallTimeOf(first, zone).slice(0, 10)}T00:00`, zone).ms;
    const to = daysLater(from, 1, zone);
    const opens = instantOf(`${wallTimeOf(to, zone).slice(0, 10)}T${OPENS}`, zone).ms;
    changeTogether(lessons, { cause: 'closure', at: first - EARLY, from, to, reason: 'a burst pipe' }, ({ startsAt, endsAt }, n) => {
      const startsThen = opens + n * APART;
      return { kind: 'reschedule', to: { startsAt: startsThen, endsAt: startsThen + endsAt - startsAt }, person: null };
    });
    return [];
  },
};

/** An instructor takes some hours off: the only other one who teaches the subject has the lessons. */
export const timeOff: Ensemble = {
  lessons: 2,
  families: 1,
  needsMs: LEAD_MS + 3 * DAY + AFTERWARDS,
  write(placing) {
    const lessons = lessonsOfDay(placing, { course: 'time-off', families: [0, 0], apartMs: 3 * HOUR });
    const [first, last] = [lessons[0]!, lessons.at(-1)!];
    const person = substituteKey(first.key, 0);
    for (const l of lessons) {
      l.subject = first.title;
      l.presence[person] = { ...l.presence[l.instructor]! };
    }
    const [from, to] = [first.startsAt - HOUR, last.endsAt + HOUR];
    changeTogether(lessons, { cause: 'time-off', at: first.startsAt - EARLY, from, to, reason: 'a wedding' }, () => ({
      kind: 'reassign',
      to: null,
      person,
    }));
    return [substitute(person, first.title, placing.random)];
  },
};
