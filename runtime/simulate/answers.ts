import { isChanged, isTranscribed, teacherOf, type Lesson } from './lesson';
import { HOUR, MINUTE } from './timing';

/** A step that waits for a person, as the API lists it. */
export interface OpenStep {
  id: string;
  version: number;
  hash: string;
  kind: string;
  subject: string;
  options: string[];
  openedAt: string;
}

export interface Answer {
  /** Business time between the question and its answer. */
  after: number;
  decision: string;
}

/** People take their time; what is urgent is answered at once. */
const SOON = 5 * MINUTE;
const IN_A_WHILE = 30 * MINUTE;
const LATER = 4 * HOUR;

const booking = ({ booking: { answer } }: Lesson): Answer | null => answer && { after: SOON, decision: answer };
const change = ({ change: asked }: Lesson): Answer | null => (asked?.answer ? { after: SOON, decision: asked.answer } : null);
/** What is known of somebody by the script is what a coordinator finds out by telephone. */
const noShow = (lesson: Lesson, person: string): Answer => ({
  after: IN_A_WHILE,
  decision: lesson.presence[person]!.comes ? 'arrived' : 'no-show',
});

/** What the people of an organisation say to a question about a lesson; null: nobody answers it. `subject` is a key of the cast, or an id. */
export function answerTo(step: Pick<OpenStep, 'kind' | 'options'>, lesson: Lesson, subject: string): Answer | null {
  const { presence, review, missed } = lesson;
  switch (step.kind) {
    case 'booking':
      return booking(lesson);
    case 'change':
      return change(lesson);
    case 'no-show':
      return noShow(lesson, subject);
    case 'documentation.review':
      return review;
    case 'recording':
      return { after: IN_A_WHILE, decision: isTranscribed(lesson) && !lesson.recording.isGivenUp ? 'wait' : 'proceed-without' };
    case 'charge':
      return { after: LATER, decision: presence[subject]?.comes || missed === 'charge' || isChanged(lesson) ? 'charge' : 'waive' };
    case 'payout':
      return { after: LATER, decision: presence[teacherOf(lesson)]!.comes ? 'pay' : 'pay-nothing' };
    // Nobody knows somebody else, so it stays with whoever has it.
    case 'substitute':
      return null;
    // The lesson is at a time that is taken.
    case 'series-occurrence':
      return { after: SOON, decision: 'skip' };
    case 'message':
      return { after: IN_A_WHILE, decision: 'leave' };
    default:
      return { after: IN_A_WHILE, decision: step.options[0]! };
  }
}
