import { writeCast, type Cast, type Class } from './cast';
import { COURSES, type Course } from './courses';
import type { Lesson, Presence } from './lesson';
import { randomOf, type Random } from './random';
import { DAY, HOUR, MINUTE } from './timing';

export interface Script {
  cast: Cast;
  /** In the order in which they are booked. */
  lessons: Lesson[];
}

export interface ScriptOptions {
  seed: string;
  sessions: number;
  fromMs: number;
  untilMs: number;
}

/** Free time around a lesson of an instructor; their students have no other. */
const MARGIN = 30 * MINUTE;
const STEP = 5 * MINUTE;
const CLEAR_OF_A_DAY = 4 * HOUR;
/** Whoever has an update waits for the morning, where nights pass. */
const NIGHT = 10 * HOUR;
const SUBJECTS = ['Algebra', 'English', 'Physics', 'French', 'Chess'];

type Taken = { from: number; to: number }[];

const isFree = (taken: Taken, { startsAt, endsAt }: { startsAt: number; endsAt: number }): boolean =>
  taken.every((t) => endsAt + MARGIN <= t.from || startsAt - MARGIN >= t.to);

/** Every course that fits once, in an order of its own, then by their weights. */
function coursesFor({ seed, sessions, fromMs, untilMs }: ScriptOptions): string[] {
  const random = randomOf(seed, 'courses');
  const fits = ([, c]: [string, Course]): boolean => c.leadMs + c.lengthMs + (c.movesByMs ?? 0) + c.tailMs + HOUR <= untilMs - fromMs;
  const possible = Object.entries(COURSES).filter(fits);
  const once = random.shuffled(possible.map(([name]) => name));
  const byWeight = possible.flatMap(([name, c]) => Array<string>(c.weight).fill(name));
  return Array.from({ length: sessions }, (_, i) => once[i] ?? random.pick(byWeight));
}

function presence(random: Random): Presence {
  return { comes: true, pressesAt: -random.whole(18, 24) * MINUTE, joinsAt: -random.whole(8, 15) * MINUTE, toldAfter: 0, unmatched: false };
}

function write(key: string, course: string, { instructor, students, unrecorded }: Class, random: Random): Lesson {
  const {
    students: [least, most],
    unrecorded: isUnrecorded,
  } = COURSES[course]!;
  const who = isUnrecorded ? [unrecorded] : random.shuffled(students).slice(0, random.whole(least, most));
  return {
    key,
    course,
    title: `${random.pick(SUBJECTS)} ${key}`,
    instructor,
    students: who,
    isTrial: false,
    startsAt: 0,
    endsAt: 0,
    booking: { at: 0, by: 'desk', webhook: false, isHeld: false, answer: null },
    change: null,
    presence: Object.fromEntries([instructor, ...who].map((p) => [p, presence(random)])),
    recording: { wanted: true, starts: 'yes', transcriptAfter: random.whole(10, 25) * MINUTE },
    review: { after: random.whole(10, 40) * MINUTE, decision: 'approve' },
    missed: 'charge',
    noise: { repeats: random.chance(0.3), reorders: random.chance(0.2), reconnects: random.chance(0.2) },
  };
}

/** Gives a lesson its time, within the week and beside what its instructor has; false where there is no place for it. */
function place(lesson: Lesson, course: Course, { seed, fromMs, untilMs }: ScriptOptions, taken: Taken): boolean {
  const night = untilMs - fromMs > 2 * DAY ? NIGHT : 0;
  const last = untilMs - course.lengthMs - (course.movesByMs ?? 0) - Math.max(course.tailMs, night);
  const random = randomOf(seed, 'place', lesson.key, lesson.instructor);
  for (let tries = 0; tries < 400; tries++) {
    const startsAt = fromMs + Math.floor((course.leadMs + random.next() * (last - fromMs - course.leadMs)) / STEP) * STEP;
    const times = { startsAt, endsAt: startsAt + course.lengthMs };
    Object.assign(lesson, times, { change: null });
    const earliest = Math.max(fromMs, startsAt - 5 * DAY);
    lesson.booking.at = Math.floor(earliest + random.next() * (startsAt - course.leadMs - earliest));
    // At about a day before it would be chance whether a reminder is still owed.
    if (Math.abs(startsAt - lesson.booking.at - DAY) < CLEAR_OF_A_DAY) continue;
    course.shape(lesson, random);
    // The time that is asked for has to be free, whether or not it is given.
    const moved = lesson.change?.to ?? times;
    if (!isFree(taken, times) || !isFree(taken, moved)) continue;
    for (const t of [times, moved]) taken.push({ from: t.startsAt, to: t.endsAt });
    return true;
  }
  return false;
}

/** A week of an organisation: who is in it, and everything that the world does. A function of its options and of nothing else. */
export function writeScript(options: ScriptOptions): Script {
  const { seed, sessions } = options;
  const cast = writeCast(seed, sessions, (options.untilMs - options.fromMs) / DAY);
  const taken = new Map<string, Taken>(cast.classes.map((c) => [c.instructor, []]));
  const lessons = coursesFor(options).map((name, i) => {
    const key = String(i + 1).padStart(4, '0');
    const random = randomOf(seed, 'lesson', i);
    // The next class, where this one has no time left.
    for (let turn = 0; turn < cast.classes.length; turn++) {
      const of = cast.classes[(i + turn) % cast.classes.length]!;
      const lesson = write(key, name, of, random);
      if (place(lesson, COURSES[name]!, options, taken.get(of.instructor)!)) return lesson;
    }
    throw new Error(`No instructor of this week has time for lesson ${key}; give it more time.`);
  });
  return { cast, lessons: lessons.sort((a, b) => a.booking.at - b.booking.at || (a.key < b.key ? -1 : 1)) };
}
