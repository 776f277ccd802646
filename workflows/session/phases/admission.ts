import type { Session } from '../session';

/**
 * Enters: a session as booked. Waits: for a person, when the booking is held; its deadline is the booking's expiry. Leaves:
 * booked, refused, expired or cancelled. Undoes: nothing. Done: when the status is not `held`.
 */
export async function awaitAdmission(session: Session): Promise<void> {
  if (session.view.status !== 'held') return;
  await session.waitUntil(null, (view) => view.status !== 'held');
}
