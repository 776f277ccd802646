import { substitute, writeCast, type Cast, type Class } from './cast';
import { OTHER, type Course } from './course';
import { COURSES } from './courses';
import { ensemblesOf, lessonsOf, writeEnsemble } from './ensembles';
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
/** Steps between a lesson and the one that goes with it, at most. */
const SOON_AFTER = 120;
const CLEAR = 4 * HOUR;
/** Of so few instructors nobody may be free for another's lesson. */
const FEW = 4;
/** From so long before a lesson an instructor is asked to say that they know of it; and when one who has to be reminded does. */
const ASKED = 96 * HOUR;
const ASKED_FROM = ASKED + CLEAR;
const AFTER_REMINDER = 40 * HOUR;
/** Whoever has an update waits for the morning, where nights pass. */
const NIGHT = 10 * HOUR;
const SUBJECTS = ['Algebra', 'English', 'Physics', 'French', 'Chess'];

type Taken = { from: number; to: number }[];

const isFree = (taken: Taken, { startsAt, endsAt }: { startsAt: number; endsAt: number }): boolean =>
  taken.every((t) => endsAt + MARGIN <= t.from || startsAt - MARGIN >= t.to);

/** Every course that fits once, in an order of its own, then by their weights; one that goes with another has it behind it. */
function coursesFor({ seed, sessions, fromMs, untilMs }: ScriptOptions, { classes }: Cast): string[] {
  const random = randomOf(seed, 'courses');
  const hasOthers = ([, c]: [string, Course]): boolean => classes.length >= FEW || (c.other !== 'instructor' && c.pairedWith === undefined);
  const fits = ([, c]: [string, Course]): boolean => c.leadMs + c.lengthMs + (c.movesByMs ?? 0) + c.tailMs + HOUR <= untilMs - fromMs;
  const possible = Object.entries(COURSES).filter((entry) => fits(entry) && hasOthers(entry) && !entry[1].isSecond && !entry[1].isOfEnsemble);
  const once = random.shuffled(possible.map(([name]) => name));
  const byWeight = possible.flatMap(([name, c]) => Array<string>(c.weight).fill(name));
  const courses: string[] = [];
  for (let n = 0; courses.length < sessions; n++) {
    const name = once[n] ?? random.pick(byWeight);
    const second = COURSES[name]!.pairedWith;
    if (second === undefined) courses.push(name);
    else if (courses.length + 2 <= sessions) courses.push(name, second);
  }
  return courses;
}

function presence(random: Random): Presence {
  return { comes: true, pressesAt: -random.whole(18, 24) * MINUTE, joinsAt: -random.whole(8, 15) * MINUTE, toldAfter: 0, unmatched: false };
}

function write(key: string, course: string, { instructor, students, unrecorded }: Class, random: Random): Lesson {
  const {
    students: [least, most],
    unrecorded: isUnrecorded,
    other,
  } = COURSES[course]!;
  const who = isUnrecorded ? [unrecorded] : random.shuffled(students).slice(0, random.whole(least, most));
  const subject = random.pick(SUBJECTS);
  const title = `${subject} ${key}`;
  return {
    key,
    course,
    title,
    // What only its own substitutes teach.
    subject: other === 'substitutes' ? title : subject,
    instructor,
    students: who,
    isTrial: false,
    branch: null,
    series: null,
    startsAt: 0,
    endsAt: 0,
    booking: { at: 0, by: 'desk', webhook: false, isHeld: false, answer: null },
    acknowledgedAt: null,
    change: null,
    together: null,
    correction: null,
    search: null,
    room: null,
    presence: Object.fromEntries([instructor, ...who].map((p) => [p, presence(random)])),
    recording: { wanted: true, starts: 'yes', transcriptAfter: random.whole(10, 25) * MINUTE, isGivenUp: false },
    review: { after: random.whole(10, 40) * MINUTE, decision: 'approve' },
    missed: 'charge',
    noise: { repeats: random.chance(0.3), reorders: random.chance(0.2), reconnects: random.chance(0.2) },
  };
}

/** When an instructor says that they know of a lesson: soon, or after they were reminded. One who is asked for it is asked at its booking. */
function acknowledgedAt({ course, booking, startsAt }: Lesson, random: Random): number | null {
  const [soon, chance] = [random.whole(1, 10), random.chance(0.7)];
  if (startsAt - booking.at < ASKED_FROM || course === 'unacknowledged') return null;
  return chance ? booking.at + soon * HOUR : startsAt - AFTER_REMINDER;
}

/** Who else could be on a lesson: another instructor who is free then, or a student of its class. Null: nobody. */
function otherFor(lesson: Lesson, { options, cast, taken, partner }: Placing): string | null {
  const { other, newcomer, isSecond } = COURSES[lesson.course]!;
  const random = randomOf(options.seed, 'other', lesson.key);
  const isFreeThen = (i: string): boolean => i !== lesson.instructor && isFree(taken.get(i)!, lesson);
  if (isSecond) {
    const first = partner!;
    // Each has to have time for what the other one teaches.
    return isFreeThen(first.instructor) && isFree(taken.get(lesson.instructor)!, first) ? first.instructor : null;
  }
  if (newcomer) {
    const { students } = cast.classes.find((c) => c.instructor === lesson.instructor)!;
    return random.shuffled(students).find((s) => !lesson.students.includes(s)) ?? null;
  }
  if (other === 'instructor') return random.shuffled(cast.classes.map((c) => c.instructor)).find(isFreeThen) ?? null;
  return '';
}

interface Placing {
  options: ScriptOptions;
  cast: Cast;
  taken: Map<string, Taken>;
  /** The lesson that this one goes with. */
  partner: Lesson | null;
}

const take = (taken: Taken, { startsAt, endsAt }: { startsAt: number; endsAt: number }): void => void taken.push({ from: startsAt, to: endsAt });

/** Whoever is meant by somebody else gets a part in it, and loses the time. */
function giveTo(lesson: Lesson, person: string, { options, taken, partner }: Placing): void {
  if (lesson.change?.person === OTHER) lesson.change.person = person;
  lesson.presence[person] ??= presence(randomOf(options.seed, 'presence', lesson.key, person));
  if (taken.has(person)) take(taken.get(person)!, lesson);
  if (!partner) return;
  Object.assign(lesson.change!, { at: partner.change!.at, withLesson: partner.key });
  Object.assign(partner.change!, { person: lesson.instructor, withLesson: lesson.key });
  partner.presence[lesson.instructor] = presence(randomOf(options.seed, 'presence', partner.key, lesson.instructor));
  take(taken.get(lesson.instructor)!, partner);
}

/** When a lesson may begin; one that goes with another comes soon after it, since both are changed at once. */
function startOf(
  { leadMs, lengthMs, movesByMs, tailMs, pairedWith }: Course,
  { fromMs, untilMs }: ScriptOptions,
  { partner, random }: { partner: Lesson | null; random: Random },
): number {
  const night = untilMs - fromMs > 2 * DAY ? NIGHT : 0;
  if (partner) return partner.endsAt + MARGIN + random.whole(0, SOON_AFTER) * STEP;
  const second = pairedWith === undefined ? 0 : lengthMs + MARGIN + SOON_AFTER * STEP;
  const last = untilMs - lengthMs - second - (movesByMs ?? 0) - Math.max(tailMs, night);
  return fromMs + Math.floor((leadMs + random.next() * (last - fromMs - leadMs)) / STEP) * STEP;
}

/** Gives a lesson its time, within the week and beside what its instructor has; false where there is no place for it. */
function place(lesson: Lesson, course: Course, placing: Placing): boolean {
  const { options, taken, partner } = placing;
  const { seed, fromMs } = options;
  const own = taken.get(lesson.instructor)!;
  const random = randomOf(seed, 'place', lesson.key, lesson.instructor);
  for (let tries = 0; tries < 400; tries++) {
    const startsAt = startOf(course, options, { partner, random });
    const times = { startsAt, endsAt: startsAt + course.lengthMs };
    Object.assign(lesson, times, { change: null });
    const earliest = Math.max(fromMs, startsAt - 5 * DAY);
    lesson.booking.at = Math.floor(earliest + random.next() * (startsAt - course.leadMs - earliest));
    // At about these times before it would be chance whether a reminder is still owed, or an acknowledgement asked for.
    if ([DAY, ASKED].some((before) => Math.abs(startsAt - lesson.booking.at - before) < CLEAR)) continue;
    course.shape(lesson, random);
    // The time that is asked for has to be free, whether or not it is given.
    const moved = lesson.change?.to ?? times;
    if (!isFree(own, times) || !isFree(own, moved)) continue;
    const other = otherFor(lesson, placing);
    if (other === null) continue;
    take(own, times);
    if (moved !== times) take(own, moved);
    if (other !== '') giveTo(lesson, other, placing);
    lesson.acknowledgedAt = acknowledgedAt(lesson, random);
    return true;
  }
  return false;
}

/** What is made of the first of a list of which anything can be made. */
function firstOf<T, R>(list: readonly T[], make: (item: T) => R | null): R | null {
  for (const item of list) {
    const made = make(item);
    if (made !== null) return made;
  }
  return null;
}

const keyOf = (i: number): string => String(i + 1).padStart(4, '0');

/** Each lesson by itself, placed one after the other. */
function writeLessons(options: ScriptOptions, cast: Cast): Lesson[] {
  const taken = new Map<string, Taken>(cast.classes.map((c) => [c.instructor, []]));
  const lessons: Lesson[] = [];
  for (const [i, name] of coursesFor(options, cast).entries()) {
    const partner = COURSES[name]!.isSecond ? lessons.at(-1)! : null;
    const random = randomOf(options.seed, 'lesson', i);
    const placing = { options, cast, taken, partner };
    // The next class, where this one has no time left.
    const turns = cast.classes.map((_, turn) => cast.classes[(i + turn) % cast.classes.length]!);
    const lesson = firstOf(turns, (of) => {
      const written = write(keyOf(i), name, of, random);
      return place(written, COURSES[name]!, placing) ? written : null;
    });
    if (!lesson) throw new Error(`No instructor of this week has time for lesson ${keyOf(i)}; give it more time.`);
    lessons.push(lesson);
  }
  return lessons;
}

/** Adds the lessons that come about or change together, behind those that stand alone. */
function addEnsembles(names: readonly string[], options: ScriptOptions, { cast, lessons }: Script): void {
  for (const [n, name] of names.entries()) {
    const characters = writeEnsemble(name, options, {
      n: cast.classes.length + n,
      lesson: (course, { instructor, students }, startsAt) => {
        const random = randomOf(options.seed, 'lesson', lessons.length);
        const lesson = write(keyOf(lessons.length), course, { instructor, students, unrecorded: students[0]! }, random);
        lessons.push(Object.assign(lesson, { startsAt, endsAt: startsAt + HOUR }));
        return lesson;
      },
    });
    cast.characters.push(...characters);
  }
}

/** A week of an organisation: who is in it, and everything that the world does. A function of its options and of nothing else. */
export function writeScript(options: ScriptOptions): Script {
  const { seed, sessions, fromMs, untilMs } = options;
  const ensembles = ensemblesOf(options);
  const alone = { ...options, sessions: sessions - lessonsOf(ensembles) };
  const cast = writeCast(seed, alone.sessions, (untilMs - fromMs) / DAY);
  const lessons = writeLessons(alone, cast);
  addEnsembles(ensembles, options, { cast, lessons });
  for (const { key, title, search } of lessons)
    for (const { person } of search?.asked ?? []) cast.characters.push(substitute(person, title, randomOf(seed, 'substitute', key, person)));
  return { cast, lessons: lessons.sort((a, b) => a.booking.at - b.booking.at || (a.key < b.key ? -1 : 1)) };
}
