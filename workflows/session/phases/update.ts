import type { Session } from '../session';

/**
 * Enters: settling, with the update approved or not. Waits: until each entitled guardian's update has its end (quiet hours may
 * put it off to the morning). Leaves: as it came. Undoes: nothing. Done: when no update is open.
 */
export async function updateParents(session: Session): Promise<void> {
  if (session.view.status !== 'settling') return;
  await session.waitUntil(null, (view) => view.openUpdates === 0 || view.status !== 'settling');
}
