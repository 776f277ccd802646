import { setCheckAt, setVerdict } from '../db/attendance';
import { isHeldStepOpen, withdrawHeldStep } from '../db/held-steps';
import { participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { askNoShow } from '../decisions/ask';
import type { ProviderAnswers } from '../decisions/provider';
import { askAboutMissing } from './hold-missing';
import { planEvents } from './plan';
import { startSearch, whyNotSearch } from './substitutes/start';

/** What the no-show question of a moment is asked with. `isOver`: the lesson has ended, so nobody is waited for any more. */
export interface Moment {
  provider: ProviderAnswers;
  asOf: Date;
  isOver: boolean;
}

/** Asks of one participant who is not there: look again, a no-show, or not certain and a question to a coordinator. */
export async function judgeParticipant(tx: Tx, session: SessionRow, p: ParticipantRow, { provider, asOf, isOver }: Moment): Promise<void> {
  const decision = await askNoShow(tx, session, p, provider, asOf);
  const { verdict, next, again } = decision.outcome;
  if (next === 'wait' && again != null && !isOver) return setCheckAt(tx, session.id, p.personId, new Date(+asOf + Number(again)));
  const settled = verdict === 'no-show' ? 'no-show' : 'undecided';
  await setVerdict(tx, session.id, p.personId, { verdict: settled, at: asOf, decisionId: decision.id });
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: settled === 'no-show' ? 'no-show' : 'attendance.undecided',
    actor: 'lectern',
    decisionId: decision.id,
    data: { personId: p.personId, role: p.role },
  });
  if (settled === 'no-show' && p.role === 'student') await planEvents(tx, session, { event: 'no-show', asOf, studentIds: [p.personId] });
  if (next === 'close') return;
  const judged = { ...p, verdict: settled, verdictDecisionId: decision.id } as const;
  if (p.role === 'instructor') await withdrawStudents(tx, session.id, asOf);
  else if (await isInstructorMissing(tx, session.id)) return;
  if (next === 'reassign' && whyNotSearch(session, asOf) === null) {
    // The search is the answer for now; when nobody can be found it asks the coordinator what would have been asked here.
    await startSearch(tx, session, { cause: 'no-show', decisionId: decision.id, asOf });
    return;
  }
  await askAboutMissing(tx, session, judged, { asOf });
}

/** A lesson whose instructor is missing, or not known to have come, is one question: that one. Its students are asked about by nobody. */
async function isInstructorMissing(tx: Tx, sessionId: string): Promise<boolean> {
  const instructor = (await participantsOf(tx, sessionId)).find((p) => p.role === 'instructor');
  if (!instructor) return false;
  return instructor.verdict === 'no-show' || isHeldStepOpen(tx, sessionId, 'no-show', instructor.personId);
}

async function withdrawStudents(tx: Tx, sessionId: string, asOf: Date): Promise<void> {
  for (const p of await participantsOf(tx, sessionId))
    if (p.role === 'student' && p.verdict === 'undecided') await withdrawHeldStep(tx, sessionId, 'no-show', p.personId, asOf);
}
