import { setArrival } from '../db/attendance';
import { withdrawHeldStep } from '../db/held-steps';
import { recordingOf } from '../db/recordings';
import { participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { suppressPlanned } from './replan';

/**
 * Somebody is there. By event time: an arrival before the cut-off of a no-show retracts it; one after it is late. Gives whether
 * the workflow has something to do about it.
 */
export async function arrive(tx: Tx, session: SessionRow, participant: ParticipantRow, at: Date): Promise<boolean> {
  const { personId } = participant;
  const wasJudged = participant.verdict === 'no-show' || participant.verdict === 'undecided';
  const beforeCutOff = !participant.verdictAt || at < participant.verdictAt;
  await setArrival(tx, session.id, personId, at, wasJudged && !beforeCutOff ? 'late' : 'arrived');
  if (participant.verdict === 'arrived' || participant.verdict === 'late') return false;
  const kind = !wasJudged ? 'participant.arrived' : beforeCutOff ? 'no-show.retracted' : 'participant.arrived-late';
  await addToTimeline(tx, { sessionId: session.id, rev: session.rev, at, kind, actor: 'participant', data: { personId, role: participant.role } });
  if (wasJudged && beforeCutOff) {
    await suppressPlanned(tx, session.id, 'no-show-retracted', at, (o) => o.kind !== 'no-show' || o.aboutId !== personId);
    await withdrawHeldStep(tx, session.id, 'no-show', personId, at);
  }
  return wasJudged || isComplete(tx, session);
}

/** Whether nothing more is awaited of a running lesson; only then does an event wake the workflow. */
export async function isComplete(tx: Tx, session: SessionRow): Promise<boolean> {
  if (session.status !== 'live') return false;
  const [recording, participants] = await Promise.all([recordingOf(tx, session.id), participantsOf(tx, session.id)]);
  if (recording?.state === 'expected' && recording.startBy) return false;
  return participants.every((p) => p.verdict !== 'waiting');
}
