import type { Tx } from '../../db/database';
import type { ParticipantRow, SessionRow } from '../../db/sessions';
import { becauseOf, lesson, person, sentences, type Lesson } from './words';

export const coverageReason = async (tx: Tx, session: Lesson, decisionId: string): Promise<string> =>
  sentences(
    `Before ${lesson(session)} not everyone holds what they need.`,
    await becauseOf(tx, decisionId),
    'Reach whom it concerns, then let the lesson go on.',
  );

export async function noShowReason(
  tx: Tx,
  session: Lesson,
  { personId, role, isCertain, decisionId }: Pick<ParticipantRow, 'personId' | 'role'> & { isCertain: boolean; decisionId: string },
): Promise<string> {
  const who = await person(tx, session, personId);
  return sentences(
    isCertain ? `${who} has not come to ${lesson(session)}.` : `It is not clear whether ${who} came to ${lesson(session)}.`,
    (await becauseOf(tx, decisionId)) ?? 'The grace is over, and nothing says that they are there.',
    role === 'student' ? 'Say whether they came, did not come, or are excused.' : 'Say whether they came; nobody is charged before.',
  );
}

const RECORDING = {
  lesson: ['It is not clear whether it may be recorded.', 'Wait for a recording, or go on without.'],
  start: ['The recording did not start.', 'Start it by hand and wait for it, or go on without.'],
  notes: [
    'Neither recording nor transcript has come.',
    'Three answers of the instructor are enough for summary and update; wait for it, or go on without.',
  ],
  ready: ['Neither recording nor transcript has come.', 'Upload a transcript, wait for it, or go on without.'],
} as const;
export type RecordingStage = keyof typeof RECORDING;

export async function recordingReason(tx: Tx, session: Lesson, stage: RecordingStage, decisionId: string): Promise<string> {
  const [what, todo] = RECORDING[stage];
  return sentences(`${lesson(session)}:`, what, await becauseOf(tx, decisionId), todo);
}

const UNANSWERED: Record<string, string> = {
  'second-room': 'a second room is opened',
  'end-lesson': 'the lesson ends here',
  dismiss: 'it goes on as it is',
};

/** A room that failed, or that its provider did not open; who decides has to know which, and what to look at. */
export const roomReason = async (
  tx: Tx,
  session: Lesson & Pick<SessionRow, 'status' | 'roomProvider'>,
  { wasOpen, unanswered, decisionId }: { wasOpen: boolean; unanswered: string; decisionId: string },
): Promise<string> =>
  sentences(
    wasOpen
      ? `The room of ${lesson(session)} has failed.`
      : `“${session.roomProvider}” opened no room for ${lesson(session)}, however often it was asked: nobody has a way in. Have looked at whether it can be reached, and whether its key is good.`,
    await becauseOf(tx, decisionId),
    session.status === 'live' ? 'Open a second room, end the lesson here, or go on as it is.' : 'Open a second room, or go on as it is.',
    `When nobody says, ${UNANSWERED[unanswered] ?? unanswered}.`,
  );
