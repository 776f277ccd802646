import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { SessionView } from '../../activities';
import { isTerminal } from '../../domain/status';
import { compensate } from './activities';
import type { SessionLifecycleInput, SessionLifecycleOutcome } from './contract';
import { awaitAdmission } from './phases/admission';
import { document, documentLate } from './phases/documentation';
import { watchTheLesson } from './phases/lesson';
import { prepare } from './phases/preparation';
import { remind } from './phases/reminders';
import { settle } from './phases/settlement';
import { updateParents } from './phases/update';
import { Changed, Session } from './session';

/**
 * A session's whole life, as the business would tell it. A change ends the waiting, what it names is compensated, and the phases
 * run again; each skips what is done for this rev. The run continues as new once, when preparation starts.
 */
export async function sessionLifecycle(input: SessionLifecycleInput): Promise<SessionLifecycleOutcome> {
  const session = new Session(input);
  if (input.resume?.view) session.view = input.resume.view;
  else await session.look();
  for (;;) {
    session.begin();
    const end = await untilChanged(() => runPhases(session));
    if (end !== 'changed' && isAtItsEnd(session.view)) return close(session);
    // A message of a closed session may be sent again because a person says so; and a row that fell behind what the phases saw (a
    // database restored to before) is gone through again once there is news of it.
    if (end !== 'changed') await untilChanged(() => session.untilNews());
  }
}

const isAtItsEnd = (view: SessionView): boolean => view.closed && view.openObligations === 0 && !view.isDocumentedLate;

async function runPhases(session: Session): Promise<void> {
  if (session.view.uncompensated > 0) await session.act(compensate);
  await awaitAdmission(session);
  await remind(session);
  await startAfresh(session);
  await prepare(session);
  await watchTheLesson(session);
  do {
    await document(session);
    await updateParents(session);
    await settle(session);
    // Somebody turned out to have come without whom there had been nothing to document.
  } while (session.view.status === 'documenting');
  await documentLate(session);
}

async function untilChanged(phases: () => Promise<void>): Promise<'done' | 'changed'> {
  try {
    await phases();
    return 'done';
  } catch (error) {
    if (error instanceof Changed) return 'changed';
    throw error;
  }
}

/** Code released between booking and lesson meets short histories only: the run that prepares is a new one. */
async function startAfresh(session: Session): Promise<void> {
  if (session.input.resume?.prepared || isTerminal(session.view.status)) return;
  await condition(allHandlersFinished);
  session.cancelTimer();
  const resume = { prepared: true, ...(!session.isWoken && { view: session.view }) };
  await continueAsNew<typeof sessionLifecycle>({ ...session.input, resume });
}

async function close(session: Session): Promise<SessionLifecycleOutcome> {
  session.cancelTimer();
  await condition(allHandlersFinished);
  const { status } = session.view;
  if (!isTerminal(status)) throw new Error(`Session ended as ${status} in ${workflowInfo().workflowId}`);
  return status as SessionLifecycleOutcome;
}
