import { setArrival } from '../db/attendance';
import { withdrawHeldStep } from '../db/held-steps';
import { obligationsOf, type ObligationRow } from '../db/obligations';
import { recordingOf } from '../db/recordings';
import { participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { planEvents } from './plan';
import { suppressPlanned } from './replan';
import { revise } from './revise';
import { endOpenSearch } from './substitutes/end';

/**
 * Somebody is there. By event time: an arrival before the cut-off of a no-show retracts it; one after it is late. What was decided
 * on the strength of it is decided anew. Gives whether the workflow has something to do about it.
 */
export async function arrive(tx: Tx, session: SessionRow, participant: ParticipantRow, at: Date, asOf: Date): Promise<boolean> {
  const { personId } = participant;
  const wasJudged = participant.verdict === 'no-show' || participant.verdict === 'undecided';
  // A second device says no more of when they came than the first.
  const first = participant.arrivedAt && participant.arrivedAt < at ? participant.arrivedAt : at;
  const beforeCutOff = !participant.verdictAt || first < participant.verdictAt;
  await setArrival(tx, session.id, personId, at, participant.verdict !== 'arrived' && !beforeCutOff ? 'late' : 'arrived');
  if (participant.verdict === 'arrived' || participant.verdict === 'late') return false;
  const kind = !wasJudged ? 'participant.arrived' : beforeCutOff ? 'no-show.retracted' : 'participant.arrived-late';
  await addToTimeline(tx, { sessionId: session.id, rev: session.rev, at, kind, actor: 'participant', data: { personId, role: participant.role } });
  if (wasJudged) {
    // Whoever was missed is there: nobody else is needed.
    if (participant.role === 'instructor') await endOpenSearch(tx, session, { state: 'ended', reason: 'arrived', asOf });
    // Late or not, they are there: nobody has to be asked whether they came.
    await withdrawHeldStep(tx, session.id, 'no-show', personId, asOf);
    if (beforeCutOff) await retract(tx, session, participant, asOf);
    await revise(tx, session, asOf);
  }
  return wasJudged || isComplete(tx, session);
}

/** A family that was not told yet is not told; one that was is told that it was not so. */
async function retract(tx: Tx, session: SessionRow, { personId }: ParticipantRow, asOf: Date): Promise<void> {
  const isAboutThem = (o: ObligationRow): boolean => o.kind === 'no-show' && o.aboutId === personId;
  await suppressPlanned(tx, session.id, 'no-show-retracted', asOf, (o) => !isAboutThem(o));
  const told = (await obligationsOf(tx, session.id)).filter((o) => isAboutThem(o) && TOLD.includes(o.state));
  if (told.length > 0) await planEvents(tx, session, { event: 'no-show-retracted', asOf, studentIds: [personId] });
}
const TOLD: readonly ObligationRow['state'][] = ['claimed', 'in-doubt', 'delivered', 'failed-over'];

/** Whether nothing more is awaited of a running lesson; only then does an event wake the workflow. */
export async function isComplete(tx: Tx, session: SessionRow): Promise<boolean> {
  if (session.status !== 'live') return false;
  const [recording, participants] = await Promise.all([recordingOf(tx, session.id), participantsOf(tx, session.id)]);
  if (recording?.state === 'expected' && recording.startBy) return false;
  return participants.every((p) => p.verdict !== 'waiting');
}
