import { closeEntries } from '../../db/waitlist';
import type { SessionRow } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { planBeside } from '../plan';

/** Nobody waits for a place any more, because the lesson is cancelled or begins: whoever waited is told, once. On the locked session. */
export async function closeWaitlist(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  const closed = await closeEntries(tx, session.id, asOf);
  if (closed.length === 0) return;
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: 'waitlist.closed',
    actor: 'lectern',
    data: { students: closed.length },
  });
  const attending = closed.map((e) => ({ personId: e.personId, role: 'student' as const }));
  await planBeside(tx, session, { event: 'waitlist-closed', asOf, attending });
}
