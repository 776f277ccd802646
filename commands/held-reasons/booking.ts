import type { Tx } from '../../db/database';
import { peopleById, type PersonRow } from '../../db/people';
import { participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import { moneyInWords } from '../../domain/money';
import { becauseOf, lesson, sentences, timeOf, type Lesson } from './words';

export async function bookingReason(
  tx: Tx,
  session: Lesson & Pick<SessionRow, 'priceMinor' | 'currency' | 'expiresAt'>,
  decisionId: string,
): Promise<string> {
  const participants = await participantsOf(tx, session.id);
  const people = await peopleById(
    tx,
    participants.map((p) => p.personId),
  );
  const named = (role: ParticipantRow['role']): string =>
    participants
      .filter((p) => p.role === role)
      .map((p) => people.find((q: PersonRow) => q.id === p.personId)!.name)
      .join(', ');
  const until = session.expiresAt ? ` Nobody deciding, it lapses on ${timeOf({ ...session, startsAt: session.expiresAt })}.` : '';
  return sentences(
    `${lesson(session)}, for ${named('student')} with ${named('instructor')}, is not booked yet.`,
    (await becauseOf(tx, decisionId)) ?? 'The rules leave it to a person.',
    `Approve it and it is booked at ${moneyInWords(session.priceMinor, session.currency)} a student; reject it and its time is free again.${until}`,
  );
}
