import type { Tx } from '../../db/database';
import { peopleById } from '../../db/people';
import { participantsOf, type SessionRow } from '../../db/sessions';
import { explainDecision } from '../../decisions/explain';
import { timeForReader } from '../../domain/time';

export type Lesson = Pick<SessionRow, 'id' | 'title' | 'startsAt' | 'anchorZone'>;

export const sentences = (...parts: (string | null)[]): string => parts.filter((p) => p !== null && p !== '').join(' ');

export const timeOf = ({ startsAt, anchorZone }: Pick<SessionRow, 'startsAt' | 'anchorZone'>): string => timeForReader(+startsAt, anchorZone, 'en');

export const lesson = (session: Lesson): string => `“${session.title}” on ${timeOf(session)}`;

export const becauseOf = async (tx: Tx, decisionId: string): Promise<string | null> => (await explainDecision(tx, decisionId)).because;

export async function person(tx: Tx, session: Lesson, personId: string): Promise<string> {
  const [found] = await peopleById(tx, [personId]);
  const role = (await participantsOf(tx, session.id)).find((p) => p.personId === personId)?.role ?? found?.kind;
  return found ? `${found.name} (${role})` : `somebody who is no longer known (${personId})`;
}
