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

export interface Change {
  kind: 'cancel' | 'reschedule';
  at: number;
  by: Caller;
  reason: string;
  to: { startsAt: number; endsAt: number } | null;
  /** What a coordinator says when the rules leave it to a person; null: nobody answers. */
  answer: 'approve' | 'reject' | null;
}

/** One lesson of the week and all that the world does about it. Instants are business epoch ms. */
export interface Lesson {
  key: string;
  course: string;
  title: string;
  instructor: string;
  students: string[];
  isTrial: boolean;
  startsAt: number;
  endsAt: number;
  booking: { at: number; by: Caller; webhook: boolean; isHeld: boolean; answer: 'approve' | 'reject' | null };
  change: Change | null;
  presence: Record<string, Presence>;
  recording: {
    /** Whether everybody agreed to it. */
    wanted: boolean;
    starts: 'yes' | 'no' | 'fails';
    /** After the end; null: it never comes. */
    transcriptAfter: number | null;
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

/** A held booking that nobody approves never becomes a lesson. */
export const isBooked = ({ booking }: Lesson): boolean => !booking.isHeld || booking.answer === 'approve';

/** When the lesson takes place, after its change. */
export const timesOf = (lesson: Lesson): { startsAt: number; endsAt: number } =>
  isChanged(lesson) && lesson.change!.to ? lesson.change!.to : { startsAt: lesson.startsAt, endsAt: lesson.endsAt };

export const takesPlace = (lesson: Lesson): boolean => isBooked(lesson) && !isCancelled(lesson);

/** Whether a transcript comes at all: of a lesson that somebody taught to somebody, and that was recorded. */
export const isTranscribed = ({ recording, presence, instructor, students }: Lesson): boolean =>
  recording.wanted && recording.transcriptAfter !== null && presence[instructor]!.comes && students.some((s) => presence[s]!.comes);
