import { applyWaitingOf } from '../commands/apply-inbound';
import { expireHeldStep } from '../commands/decide-held-step';
import { checkCoverage } from '../commands/coverage';
import { endLesson, judgeLesson, openLesson } from '../commands/lesson';
import { report } from '../commands/incidents';
import { judgeRoom } from '../commands/room-failure';
import { judgeRecording } from '../commands/recording';
import { closeUnbooked, settle } from '../commands/settle';
import { followGroupDue } from '../commands/groups/due';
import { followDue } from '../commands/substitutes/due';
import { finishDocumentation } from '../commands/documentation';
import { expiredHeldSteps } from '../db/held-steps';
import { lookAgain } from '../db/rooms';
import { lockSession, type SessionRow } from '../db/sessions';
import { viewOf, type SessionView } from '../db/view';
import type { Tx } from '../db/database';
import type { ProviderAnswers } from '../decisions/provider';
import { notePresence } from '../commands/provider-presence';
import { askProvider, unasked } from './ask-provider';
import { isPassed, systemContext, type ActivityDeps, type SessionInput } from './deps';

/** Gets the session as its locked row is. */
type Step = (tx: Tx, session: SessionRow, provider: ProviderAnswers, asOf: Date) => Promise<void>;

const STEPS = {
  /** Reads only. */
  look: () => Promise.resolve(),
  checkCoverage: (tx, session, _provider, asOf) => checkCoverage(tx, session, asOf),
  openLesson,
  judgeLesson,
  endLesson,
  judgeRecording,
  judgeRoom,
  finishDocumentation: (tx, session, _provider, asOf) => finishDocumentation(tx, session, asOf),
  settle: (tx, session, _provider, asOf) => settle(tx, session, asOf),
  closeUnbooked: (tx, session, _provider, asOf) => closeUnbooked(tx, session, asOf),
} satisfies Record<string, Step>;

export type StepName = keyof typeof STEPS;

/** Steps that say something about who or what is absent: events that came and were not applied yet are applied first. */
const JUDGING: readonly StepName[] = ['openLesson', 'judgeLesson', 'endLesson', 'judgeRecording', 'judgeRoom'];

/**
 * One step of a session's life: a transaction that decides and writes, then what the workflow has to know next. Runs as a local
 * activity. Safe to repeat because every step looks at the session's status under its lock first.
 */
export async function takeStep(deps: ActivityDeps, step: StepName, input: SessionInput): Promise<SessionView> {
  if (JUDGING.includes(step)) {
    await applyWaitingOf(systemContext(deps, input), input.sessionId, (eventId, error) =>
      deps.logger.error({ err: error, organisationId: input.organisationId, eventId }, 'an inbound event could not be applied and is tried again'),
    );
  }
  const answered = JUDGING.includes(step) ? await askProvider(deps, input, step) : null;
  return deps.db.inOrganisation(input.organisationId, async (tx) => {
    if (step !== 'look') await act(deps, tx, { step, input, answered });
    return tx.last(() => viewOf(tx, input.sessionId));
  });
}

interface Taken {
  step: Exclude<StepName, 'look'>;
  input: SessionInput;
  answered: ProviderAnswers | null;
}

async function act(deps: ActivityDeps, tx: Tx, { step, input, answered }: Taken): Promise<void> {
  const session = await lockSession(tx, input.sessionId);
  if (isPassed(input, session)) return;
  const answers = answered ?? unasked(deps.rooms[session.roomProvider]);
  const asOf = new Date(input.asOf);
  if (Array.isArray(answers.presence)) await notePresence(tx, session, answers.presence, asOf);
  // A room that its provider does not know any more has failed, though nobody said so; who is missing then is another question.
  if (answers.room === 'gone' && step !== 'judgeRoom' && session.status === 'live')
    await report(tx, session, { kind: 'room-failed', reportedBy: 'lectern', note: null, openedBy: null, since: asOf, asOf });
  await STEPS[step](tx, session, answers, asOf);
}

/** While a session is in one of these its room has somebody in it, or is about to. */
const CAN_BE_PUT_OUT: readonly SessionRow['status'][] = ['booked', 'ready', 'live'];

/**
 * Takes the declared default of every held step whose deadline has passed, and goes on with what else is due: an acknowledgement, a search
 * for a substitute, a group and its waiting list, who was put out of a room and may be back. Safe to repeat: the compare-and-swap decides once,
 * and what is followed sets when it is due next.
 */
export async function expireHeldSteps(deps: ActivityDeps, input: SessionInput): Promise<SessionView> {
  const asOf = new Date(input.asOf);
  const expired = await deps.db.inOrganisation(input.organisationId, (tx) => expiredHeldSteps(tx, input.sessionId, asOf));
  for (const step of expired) {
    await expireHeldStep(systemContext(deps, input), step);
  }
  return deps.db.inOrganisation(input.organisationId, async (tx) => {
    const session = await lockSession(tx, input.sessionId);
    await lookAgain(tx, session.id, { isOver: !CAN_BE_PUT_OUT.includes(session.status), at: asOf });
    if (!isPassed(input, session)) {
      await followDue(systemContext(deps, input), tx, session);
      await followGroupDue(systemContext(deps, input), tx, session);
    }
    return tx.last(() => viewOf(tx, input.sessionId));
  });
}
