import type { BatchRow } from '../../db/batches';
import type { Tx } from '../../db/database';
import { peopleById } from '../../db/people';
import { participantsOf } from '../../db/sessions';
import type { Obstacle } from '../series/types';
import { everybodyIsFree, lesson, sentences, timeOf, type Lesson } from './words';

const IN_THE_WAY: Record<Obstacle, string> = {
  taken: 'somebody on it has another lesson then',
  closed: 'there is a closure then',
  'instructor-away': 'the instructor has time off then',
  'student-away': 'a student has time off then',
  refused: 'the rules refuse it',
};

/** A lesson of a series that cannot be at its time. */
export async function occurrenceReason(
  tx: Tx,
  session: Lesson,
  { obstacle, alternatives, until }: { obstacle: Obstacle; alternatives: { startsAt: string }[]; until: Date },
): Promise<string> {
  const people = await peopleById(
    tx,
    (await participantsOf(tx, session.id)).map((p) => p.personId),
  );
  return sentences(
    `${lesson(session)}, for ${people.map((p) => p.name).join(', ')}, cannot be booked at its time: ${IN_THE_WAY[obstacle]}. The other weeks of the series stand.`,
    everybodyIsFree(session, alternatives),
    alternatives.length > 0 ? 'Take one of these times, or leave the lesson out.' : null,
    `Nobody deciding, it is left out on ${timeOf({ ...session, startsAt: until })}.`,
  );
}

const WANTED: Record<BatchRow['cause'], string> = {
  series: 'is to move with its series, and cannot',
  closure: 'falls into a closure',
  'time-off': 'falls into somebody’s time off',
};

/** A lesson that a closure or an edit of a series could not see to by itself. */
export function itemReason(
  _tx: Tx,
  session: Lesson,
  { cause, why, alternatives }: { cause: BatchRow['cause']; why: string; alternatives: { startsAt: string }[] },
): Promise<string> {
  return Promise.resolve(
    sentences(
      `${lesson(session)} ${WANTED[cause]}.`,
      why,
      everybodyIsFree(session, alternatives),
      'Take another time, cancel it, or keep it as it is; nobody deciding before its start, it stays.',
    ),
  );
}
