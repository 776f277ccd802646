import type { SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import type { Ask, Question } from '../decisions/decide';
import type { Json } from '../policy/types';

export type Preparation = Pick<SessionRow, 'roomAt' | 'doorsAt' | 'coverageAt' | 'bufferMinutes' | 'roomProvider' | 'viabilityAt'>;

type Prepared = Pick<SessionRow, 'id' | 'rev' | 'startsAt' | 'isTrial' | 'programme' | 'branch' | 'subject' | 'minStudents'>;
interface Asked {
  students: number;
  seq: string;
  asOf: Date;
}

export const preparationQuestion = (session: Omit<Prepared, 'minStudents'>, { students, seq, asOf }: Asked): Question => ({
  point: 'preparation',
  sessionId: session.id,
  subject: session.id,
  rev: session.rev,
  seq,
  facts: { notice: +session.startsAt - +asOf, students, isTrial: session.isTrial },
  labels: session,
  bookedSetId: null,
  asOf,
});

/** The leads of an outcome as instants. One that has passed already begins at once. */
export function preparationOf(
  outcome: Record<string, Json>,
  { startsAt, minStudents }: Pick<SessionRow, 'startsAt' | 'minStudents'>,
  asOf: Date,
): Preparation {
  const before = (field: string): Date => new Date(Math.max(+asOf, +startsAt - Number(outcome[field])));
  return {
    roomAt: before('roomBefore'),
    doorsAt: before('doorsBefore'),
    coverageAt: before('coverageBefore'),
    bufferMinutes: Math.ceil(Number(outcome.buffer) / 60_000),
    roomProvider: String(outcome.provider),
    // Only a group that needs so many is asked about.
    viabilityAt: minStudents === null || outcome.viabilityBefore == null ? null : before('viabilityBefore'),
  };
}

/**
 * When a session is prepared, as the rules in force have it for its start: asked at the booking, when a held booking is approved,
 * and again for each new time.
 */
export async function decidePreparation(tx: Tx, session: Prepared, { ask, ...asked }: Asked & { ask: Ask }): Promise<Preparation> {
  const { outcome } = await ask(tx, preparationQuestion(session, asked));
  return preparationOf(outcome, session, asked.asOf);
}
