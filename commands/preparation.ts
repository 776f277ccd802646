import type { SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import type { Ask } from './plan';

export type Preparation = Pick<SessionRow, 'roomAt' | 'coverageAt' | 'bufferMinutes' | 'roomProvider'>;

/**
 * When a session is prepared, as the rules in force have it for its start: asked at the booking, when a held booking is approved,
 * and again for each new time. A lead that has passed already begins at once.
 */
export async function decidePreparation(
  tx: Tx,
  session: Pick<SessionRow, 'id' | 'rev' | 'startsAt' | 'isTrial' | 'programme' | 'branch'>,
  { students, seq, asOf, ask }: { students: number; seq: string; asOf: Date; ask: Ask },
): Promise<Preparation> {
  const { outcome } = await ask(tx, {
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
  const before = (field: string): Date => new Date(Math.max(+asOf, +session.startsAt - Number(outcome[field])));
  return {
    roomAt: before('roomBefore'),
    coverageAt: before('coverageBefore'),
    bufferMinutes: Math.ceil(Number(outcome.buffer) / 60_000),
    roomProvider: String(outcome.provider),
  };
}
