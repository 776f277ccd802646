import type { Session } from '../session';

/**
 * Enters: booked. Waits: until the room is due, sending what falls due on the way (confirmation, reminders). Leaves: at the
 * room's lead time. Undoes: nothing; rows that a change made pointless are suppressed by the change. Done: once the time is there.
 */
export async function remind(session: Session): Promise<void> {
  if (session.view.status !== 'booked') return;
  await session.waitUntil(session.view.roomAt, (view) => view.status !== 'booked');
}
