import { beginAmendment, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { decide } from '../decisions/decide';
import { reopenDocumentation } from './lesson';
import { decideAgain, reviseOpen } from './resettle';

/**
 * What is said of somebody, or what speaks for them, has changed after the lesson: what rests on it is decided anew. Before its end
 * nothing does; once the session is closed, corrections do it. Safe to repeat: what comes out the same stays.
 */
export async function revise(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  if (session.status !== 'settling') return;
  await beginAmendment(tx, session);
  await reviseOpen(tx, session, await decideAgain(tx, session, { asOf, ask: decide }));
  await reopenDocumentation(tx, session, asOf);
}
