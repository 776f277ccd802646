/** Somebody's part in a lesson, as the world plays it. Times are offsets from the start, ms. */
export interface Presence {
  comes: boolean;
  /** Presses the button of their join page then; null: comes in without it. */
  pressesAt: number | null;
  joinsAt: number;
  /** How much later than it happened the room provider tells. */
  toldAfter: number;
  /** The provider tells a name only, and nobody knows whose. */
  unmatched: boolean;
}

/** Who books and who asks for changes: the organisation's own desk, or a system of somebody else's. */
export type Caller = 'desk' | 'integrator';

/** Several lessons that are changed at once, of which everybody reads once: what a closure falls on, or an edit of a series. */
export interface Together {
  cause: 'closure' | 'time-off' | 'edit';
  /** Keys, the earliest lesson first; it is the one with which all of it is told. */
  lessons: string[];
  /** Students who are told of this lesson with an earlier one. */
  toldBefore: string[];
  /** What is closed; of an edit, when the lessons are. */
  from: number;
  to: number;
}

/** What a coordinator puts right once the lesson is closed. */
export interface Correction {
  at: number;
  /** How long the lesson really was. */
  minutes: number;
}

export interface Change {
  kind: 'cancel' | 'reschedule' | 'reassign' | 'swap' | 'add' | 'drop' | 'room';
  at: number;
  by: Caller;
  reason: string;
  to: { startsAt: number; endsAt: number } | null;
  /** Who teaches from then on, or the student who comes or goes. */
  person: string | null;
  /** Of a swap: the lesson that it is exchanged with. */
  withLesson: string | null;
  /** Of a swap: whether it is asked for on this side; the other one is changed along. */
  isAskedHere: boolean;
  /** What a coordinator says when the rules leave it to a person; null: nobody answers. */
  answer: 'approve' | 'reject' | null;
}

/** A lesson whose instructor cannot teach it, or says nothing: a substitute is searched. */
export interface Search {
  /** When a coordinator starts it; null: the rules do, because no word came. */
  at: number | null;
  /** Who may teach it, in the order in which the rules ask them; what they say, and how long after they read it. */
  asked: { person: string; says: 'accept' | 'decline' | null; after: number }[];
  /** How many of them are asked for certain, whatever the engines do late. */
  surely: number;
}

/** A room that fails in mid-lesson. Offsets from the start, ms. */
export interface RoomFailure {
  failsAt: number;
  /** Who says so: the provider by webhook, or a coordinator. */
  toldBy: 'provider' | 'desk';
  /** When everybody is in the second room; null: nobody goes there. */
  backAt: number | null;
}

/** One lesson of the week and all that the world does about it. Instants are business epoch ms. */
export interface Lesson {
  key: string;
  course: string;
  title: string;
  subject: string;
  /** As it is booked. */
  instructor: string;
  students: string[];
  isTrial: boolean;
  branch: string | null;
  /** The lessons of the series that books it, in the order of its rule; null: it is booked by itself. */
  series: string[] | null;
  startsAt: number;
  endsAt: number;
  booking: { at: number; by: Caller; webhook: boolean; isHeld: boolean; answer: 'approve' | 'reject' | null };
  /** When the instructor says that they know of it, where they are asked at all; null: never. */
  acknowledgedAt: number | null;
  change: Change | null;
  /** Where the change is of several lessons. */
  together: Together | null;
  correction: Correction | null;
  search: Search | null;
  room: RoomFailure | null;
  presence: Record<string, Presence>;
  recording: {
    /** Whether everybody agreed to it. */
    wanted: boolean;
    starts: 'yes' | 'no' | 'fails';
    /** After the end; null: it never comes. */
    transcriptAfter: number | null;
    /** A coordinator does not wait for it; it comes when the lesson is closed. */
    isGivenUp: boolean;
  };
  /** What the reviewer does, and how long after they were asked; null: nothing. */
  review: { after: number; decision: 'approve' | 'reject' } | null;
  /** What a coordinator says of a missed lesson when the rules ask whether it is charged. */
  missed: 'charge' | 'waive';
  noise: { repeats: boolean; reorders: boolean; reconnects: boolean };
}

export const isCancelled = ({ change }: Lesson): boolean => change?.kind === 'cancel';

/** Whether a change is made: at once, or because a coordinator approves it. */
export const isChanged = ({ change }: Lesson): boolean => change !== null && change.answer === 'approve';

const isMade = (lesson: Lesson, kind: Change['kind']): boolean => isChanged(lesson) && lesson.change!.kind === kind;

/** A held booking that nobody approves never becomes a lesson. */
export const isBooked = ({ booking }: Lesson): boolean => !booking.isHeld || booking.answer === 'approve';

/** When the lesson takes place, after its change. */
export const timesOf = (lesson: Lesson): { startsAt: number; endsAt: number } =>
  isChanged(lesson) && lesson.change!.to ? lesson.change!.to : { startsAt: lesson.startsAt, endsAt: lesson.endsAt };

export const takesPlace = (lesson: Lesson): boolean => isBooked(lesson) && !isCancelled(lesson);

/** The substitute who takes the lesson. */
export const takerOf = ({ search }: Lesson): string | null => search?.asked.find((a) => a.says === 'accept')?.person ?? null;

/** Who teaches it in the end. */
export function teacherOf(lesson: Lesson): string {
  if (isMade(lesson, 'reassign') || isMade(lesson, 'swap')) return lesson.change!.person!;
  return takerOf(lesson) ?? lesson.instructor;
}

/** Who is taught in the end. */
export function studentsOf(lesson: Lesson): string[] {
  const { students, change } = lesson;
  if (isMade(lesson, 'add')) return [...students, change!.person!];
  return isMade(lesson, 'drop') ? students.filter((s) => s !== change!.person) : students;
}

/** Every student who had to do with it, whether or not they stayed. */
export const studentsEver = (lesson: Lesson): string[] => [...new Set([...lesson.students, ...studentsOf(lesson)])];

/** Whether a transcript comes at all: of a lesson that somebody taught to somebody, and that was recorded. */
export const isTranscribed = (lesson: Lesson): boolean =>
  lesson.recording.wanted &&
  lesson.recording.transcriptAfter !== null &&
  lesson.presence[teacherOf(lesson)]!.comes &&
  studentsOf(lesson).some((s) => lesson.presence[s]!.comes);
