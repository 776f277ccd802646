import type { Tx } from '../../db/database';
import type { SessionRow } from '../../db/sessions';
import { becauseOf, lesson, sentences, type Lesson } from './words';

/** A group that has fewer students than it needs. */
export async function viabilityReason(
  tx: Tx,
  session: Lesson & Pick<SessionRow, 'minStudents'>,
  { students, into, decisionId }: { students: number; into: Lesson | null; decisionId: string },
): Promise<string> {
  return sentences(
    `${lesson(session)} has ${students} student${students === 1 ? '' : 's'} and needs ${session.minStudents}.`,
    await becauseOf(tx, decisionId),
    into ? `${lesson(into)} has places for all of them.` : null,
    'Let it take place, cancel it without charge, or take one of the other ways that are offered.',
  );
}
