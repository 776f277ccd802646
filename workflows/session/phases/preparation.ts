import { prepareRoom } from '../activities';
import type { Session } from '../session';

/**
 * Enters: booked, at the room's lead time. Waits: until the coverage gate. Leaves: ready. A running lesson that was given other people
 * or another room is only made whole again: nothing is waited for. Undoes: room and credentials, by `compensate`, when a change names
 * them. Done: phases `room` and `coverage` for this rev.
 */
export async function prepare(session: Session): Promise<void> {
  const { status, done } = session.view;
  if (status !== 'booked' && status !== 'live') return;
  if (!done.includes('room')) await session.act(prepareRoom);
  if (status === 'live') return;
  await session.waitUntil(session.view.coverageAt);
  await session.step('checkCoverage');
}
