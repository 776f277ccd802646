import type { SessionView } from '../../../activities';
import type { Session } from '../session';

/**
 * Enters: ready. Waits: for the start, then for arrivals and the recording, asking again when the policy says so, until the end.
 * Leaves: documenting, or settling when there is nothing to document. Undoes: a no-show, when an earlier arrival comes to light
 * (in the command that stores it). Done: when the status is past `live`.
 */
export async function watchTheLesson(session: Session): Promise<void> {
  if (session.view.status === 'ready') {
    await session.waitUntil(session.view.startsAt);
    await session.step('openLesson');
  }
  while (session.view.status === 'live' && !isOver(session)) {
    const { nextCheckAt, endsAt } = session.view;
    await session.waitUntil(Math.min(nextCheckAt ?? endsAt, endsAt), (view) => hasMoved(view, nextCheckAt) || view.nobodyCame);
    if (isQuestionDue(session)) await session.step('judgeLesson');
  }
  if (session.view.status === 'live') await session.step('endLesson');
  // What was recorded is stopped now, also of a lesson that is settled without another wait.
  await session.tend();
}

const isOver = (session: Session): boolean => session.view.nobodyCame || session.now() >= session.view.endsAt;
const hasMoved = (view: SessionView, nextCheckAt: number | null): boolean => view.nextCheckAt !== nextCheckAt;
const isQuestionDue = (session: Session): boolean => session.view.nextCheckAt !== null && session.view.nextCheckAt <= session.now();
