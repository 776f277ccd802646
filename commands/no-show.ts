import { setCheckAt, setVerdict } from '../db/attendance';
import { isHeldStepOpen, withdrawHeldStep } from '../db/held-steps';
import { participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { askNoShow } from '../decisions/ask';
import type { Decision } from '../decisions/decide';
import type { ProviderAnswers } from '../decisions/provider';
import { noShowReason } from './held-reasons';
import { openHeldStep } from './held-steps';
import { planEvents } from './plan';

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
  if (p.role === 'instructor') await withdrawStudents(tx, session.id, asOf);
  else if (await isInstructorMissing(tx, session.id)) return;
  await hold(tx, session, p, { decision, asOf });
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

async function hold(tx: Tx, session: SessionRow, p: ParticipantRow, { decision, asOf }: { decision: Decision; asOf: Date }): Promise<void> {
  const isStudent = p.role === 'student';
  const question = isStudent ? 'Did this student come?' : 'Did the instructor come? Nobody is charged before this is said.';
  await openHeldStep(tx, {
    session,
    kind: 'no-show',
    subject: p.personId,
    audience: 'coordinator',
    reason: await noShowReason(tx, session, { ...p, isCertain: decision.outcome.verdict === 'no-show', decisionId: decision.id }),
    shown: { question, personId: p.personId, role: p.role, evidence: decision.facts as never },
    // An excuse matters to the charge of a student; a lesson took place or it did not.
    options: isStudent ? ['no-show', 'arrived', 'excused'] : ['no-show', 'arrived'],
    decisionId: decision.id,
    asOf,
  });
}
