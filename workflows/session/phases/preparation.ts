import { prepareRoom } from '../activities';
import type { Session } from '../session';

/**
 * Enters: booked, at the room's lead time. Waits: until the coverage gate. Leaves: ready. Undoes: room and credentials, by
 * `compensate`, when a change names them. Done: phases `room` and `coverage` for this rev.
 */
export async function prepare(session: Session): Promise<void> {
  if (session.view.status !== 'booked') return;
  if (!session.view.done.includes('room')) await session.act(prepareRoom);
  await session.waitUntil(session.view.coverageAt);
  await session.step('checkCoverage');
}
