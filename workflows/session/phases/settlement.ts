import type { Session } from '../session';

/**
 * Enters: settling or cancelled; refused and expired only close. Waits: for held charges and for messages that are still on
 * their way. Leaves: settled (or cancelled) and closed, or
 * documenting, when there turns out to be something to document. Undoes: nothing here; money is reversed by corrections. Done: when closed.
 */
export async function settle(session: Session): Promise<void> {
  const { status } = session.view;
  if (status === 'refused' || status === 'expired') return session.step('closeUnbooked');
  if (status !== 'settling' && status !== 'cancelled') return;
  await session.step('settle');
  while (!session.view.closed && session.view.status !== 'documenting') {
    await session.untilNews();
    await session.step('settle');
  }
}
