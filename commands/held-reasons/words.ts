import type { Tx } from '../../db/database';
import { peopleById } from '../../db/people';
import { participantsOf, type SessionRow } from '../../db/sessions';
import { explainDecision } from '../../decisions/explain';
import { timeForReader } from '../../domain/time';

export type Lesson = Pick<SessionRow, 'id' | 'title' | 'startsAt' | 'anchorZone'>;

export const sentences = (...parts: (string | null)[]): string => parts.filter((p) => p !== null && p !== '').join(' ');

export const timeOf = ({ startsAt, anchorZone }: Pick<SessionRow, 'startsAt' | 'anchorZone'>): string => timeForReader(+startsAt, anchorZone, 'en');

/** Other times at which a lesson could be, in the time of its own zone. */
export function everybodyIsFree(session: Lesson, alternatives: readonly { startsAt: string }[]): string {
  const times = alternatives.map((a) => timeOf({ ...session, startsAt: new Date(a.startsAt) }));
  return times.length > 0 ? `Everybody is free on ${times.join('; or on ')}.` : 'No other time was found near it.';
}
export const lesson = (session: Lesson): string => `“${session.title}” on ${timeOf(session)}`;

export const becauseOf = async (tx: Tx, decisionId: string): Promise<string | null> => (await explainDecision(tx, decisionId)).because;

export async function person(tx: Tx, session: Lesson, personId: string): Promise<string> {
  const [found] = await peopleById(tx, [personId]);
  const role = (await participantsOf(tx, session.id)).find((p) => p.personId === personId)?.role ?? found?.kind;
  return found ? `${found.name} (${role})` : `somebody who is no longer known (${personId})`;
}
