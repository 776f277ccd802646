import { setArrival, setCheckAt, setVerdict } from '../db/attendance';
import { expectRecording, recordingOf, setRecordingState } from '../db/recordings';
import { lockSession, markPhase, moveStatus, participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import { withdrawHeldStep } from '../db/held-steps';
import type { Tx } from '../db/database';
import { askCoverage, askNoShow, askRecording, type ProviderAnswers } from '../decisions/ask';
import type { Decision } from '../decisions/decide';
import { explainDecision } from '../decisions/explain';
import { openHeldStep } from './held-steps';
import { planEvent } from './plan';
import { suppressPlanned } from './replan';

const DEFAULT_AGAIN_MS = 5 * 60_000;

/** The coverage gate: everyone holds what they need, or a coordinator is told before the lesson starts. */
export async function checkCoverage(tx: Tx, sessionId: string, asOf: Date): Promise<void> {
  const session = await lockSession(tx, sessionId);
  if (session.status !== 'booked') return;
  const decision = await askCoverage(tx, session, asOf);
  await moveStatus(tx, session, 'ready');
  await markPhase(tx, sessionId, 'coverage', session.rev, asOf);
  const covered = decision.outcome.verdict === 'covered';
  await addToTimeline(tx, {
    sessionId,
    rev: session.rev,
    at: asOf,
    kind: covered ? 'coverage.complete' : 'coverage.gap',
    actor: 'lectern',
    decisionId: decision.id,
  });
  if (covered) return;
  const { sentence } = await explainDecision(tx, decision.id);
  const step = await openHeldStep(tx, {
    session,
    kind: 'coverage',
    subject: sessionId,
    audience: 'coordinator',
    reason: sentence,
    shown: { question: 'Somebody has no proven way in. Reach them, then let the lesson go on.', facts: decision.facts as never },
    options: ['proceed'],
    defaultOption: 'proceed',
    deadlineAt: session.endsAt,
    decisionId: decision.id,
    asOf,
  });
  await planEvent(tx, sessionId, { event: 'coverage-gap', asOf, heldStepId: step.id });
}

/** The lesson starts: the recording is expected (or not), and everyone who is not there yet is looked at for the first time. */
export async function openLesson(tx: Tx, sessionId: string, provider: ProviderAnswers, asOf: Date): Promise<void> {
  const session = await lockSession(tx, sessionId);
  if (session.status !== 'ready' && session.status !== 'booked') return;
  await moveStatus(tx, session, 'live');
  await addToTimeline(tx, { sessionId, rev: session.rev, at: asOf, kind: 'lesson.started', actor: 'lectern' });
  const decision = await askRecording(tx, session, 'lesson', provider, asOf);
  const { next } = decision.outcome;
  const expected = next === 'expect';
  const within = (field: string, from: Date): Date | null =>
    decision.outcome[field] == null ? null : new Date(+from + Number(decision.outcome[field]));
  await expectRecording(tx, {
    sessionId,
    rev: session.rev,
    state: expected ? 'expected' : next === 'hold' ? 'missing' : 'not-expected',
    startBy: expected ? within('startWithin', session.startsAt) : null,
    readyBy: expected ? within('readyWithin', session.endsAt) : null,
  });
  await addToTimeline(tx, {
    sessionId,
    rev: session.rev,
    at: asOf,
    kind: expected ? 'recording.expected' : 'recording.not-expected',
    actor: 'lectern',
    decisionId: decision.id,
  });
  if (next === 'hold') await holdRecording(tx, session, decision.id, 'May this lesson be recorded? Wait for a recording, or go on without.', asOf);
  await markPhase(tx, sessionId, 'opened', session.rev, asOf);
  await judge(tx, session, provider, asOf);
}

/** Asks the no-show question of everyone whose turn it is, and whether the recording runs. */
export async function judgeLesson(tx: Tx, sessionId: string, provider: ProviderAnswers, asOf: Date): Promise<void> {
  const session = await lockSession(tx, sessionId);
  if (session.status === 'live') await judge(tx, session, provider, asOf);
}

async function judge(tx: Tx, session: SessionRow, provider: ProviderAnswers, asOf: Date): Promise<void> {
  const isDue = (p: ParticipantRow): boolean => p.verdict === 'waiting' && (p.checkAt === null || p.checkAt <= asOf);
  // The instructor first: whether a student is at fault depends on whether somebody was there to teach.
  for (const participant of (await participantsOf(tx, session.id)).filter(isDue))
    await judgeParticipant(tx, session, participant, provider, asOf, false);
  const recording = await recordingOf(tx, session.id);
  if (recording?.state === 'expected' && recording.startBy && recording.startBy <= asOf) await judgeRecordingStart(tx, session, provider, asOf);
}

async function judgeParticipant(
  tx: Tx,
  session: SessionRow,
  p: ParticipantRow,
  provider: ProviderAnswers,
  asOf: Date,
  isOver: boolean,
): Promise<void> {
  const decision = await askNoShow(tx, session, p, provider, asOf);
  const { verdict, next, again } = decision.outcome;
  if (next === 'wait' && !isOver) {
    await setCheckAt(tx, session.id, p.personId, new Date(+asOf + Number(again ?? DEFAULT_AGAIN_MS)));
    return;
  }
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
  if (settled === 'no-show' && p.role === 'student') await planEvent(tx, session.id, { event: 'no-show', asOf, studentIds: [p.personId] });
  if (next === 'close') return;
  const { sentence } = await explainDecision(tx, decision.id);
  await openHeldStep(tx, {
    session,
    kind: 'no-show',
    subject: p.personId,
    audience: 'coordinator',
    reason: sentence,
    shown: { question: 'Did this person come?', personId: p.personId, role: p.role, evidence: decision.facts as never },
    options: ['no-show', 'arrived', 'excused'],
    decisionId: decision.id,
    asOf,
  });
}

async function judgeRecordingStart(tx: Tx, session: SessionRow, provider: ProviderAnswers, asOf: Date): Promise<void> {
  const decision = await askRecording(tx, session, 'start', provider, asOf);
  await expectRecordingFurther(tx, session, decision.outcome, asOf);
  if (decision.outcome.next !== 'hold') return;
  await holdRecording(tx, session, decision.id, 'The recording did not start. Start it by hand, or go on without.', asOf);
}

/**
 * After the start question: `startWithin` asks it again, else what is awaited is the recording itself, until `readyWithin` after
 * the end when the policy names it anew. `skip` awaits nothing any more.
 */
async function expectRecordingFurther(
  tx: Tx,
  session: SessionRow,
  { next, startWithin, readyWithin }: Decision['outcome'],
  asOf: Date,
): Promise<void> {
  const { readyBy } = (await recordingOf(tx, session.id))!;
  const isExpected = next === 'expect';
  await expectRecording(tx, {
    sessionId: session.id,
    rev: session.rev,
    state: next === 'skip' ? 'not-expected' : 'expected',
    startBy: isExpected && Number(startWithin) > 0 ? new Date(+asOf + Number(startWithin)) : null,
    readyBy: next === 'skip' ? null : isExpected && readyWithin != null ? new Date(+session.endsAt + Number(readyWithin)) : (readyBy ?? asOf),
  });
}

async function holdRecording(tx: Tx, session: SessionRow, decisionId: string, question: string, asOf: Date): Promise<void> {
  const { sentence } = await explainDecision(tx, decisionId);
  await openHeldStep(tx, {
    session,
    kind: 'recording',
    subject: session.id,
    audience: 'coordinator',
    reason: sentence,
    shown: { question },
    options: ['proceed-without', 'wait'],
    decisionId,
    asOf,
  });
}

/** The lesson is over: whoever never came is judged for the last time; documentation begins, or settlement when there is nothing to document. */
export async function endLesson(tx: Tx, sessionId: string, provider: ProviderAnswers, asOf: Date): Promise<void> {
  const session = await lockSession(tx, sessionId);
  if (session.status !== 'live') return;
  for (const p of (await participantsOf(tx, sessionId)).filter((q) => q.verdict === 'waiting'))
    await judgeParticipant(tx, session, p, provider, asOf, true);
  const participants = await participantsOf(tx, sessionId);
  const came = (role: string): boolean => participants.some((p) => p.role === role && p.verdict !== 'no-show');
  const recording = await recordingOf(tx, sessionId);
  const documents = came('student') && came('instructor') && recording?.state !== 'not-expected';
  await moveStatus(tx, session, documents ? 'documenting' : 'settling');
  await addToTimeline(tx, { sessionId, rev: session.rev, at: asOf, kind: 'lesson.ended', actor: 'lectern' });
}

/** Recording or transcript are overdue: go on without, wait, or hold, as the policy says. */
export async function judgeRecording(tx: Tx, sessionId: string, provider: ProviderAnswers, asOf: Date): Promise<void> {
  const session = await lockSession(tx, sessionId);
  if (session.status !== 'documenting') return;
  const decision = await askRecording(tx, session, 'ready', provider, asOf);
  if (decision.outcome.next === 'expect') {
    const within = Number(decision.outcome.readyWithin ?? 3_600_000);
    await expectRecording(tx, { sessionId, rev: session.rev, state: 'expected', startBy: null, readyBy: new Date(+asOf + within) });
    return;
  }
  await setRecordingState(tx, sessionId, 'missing', asOf);
  await addToTimeline(tx, { sessionId, rev: session.rev, at: asOf, kind: 'recording.missing', actor: 'lectern', decisionId: decision.id });
  if (decision.outcome.next === 'hold') {
    await holdRecording(
      tx,
      session,
      decision.id,
      'Neither recording nor transcript has come. Upload a transcript, wait for it, or go on without.',
      asOf,
    );
  }
}

/**
 * Somebody is there. By event time: an arrival before the cut-off of a no-show retracts it; one after it is late. Gives whether
 * the workflow has something to do about it.
 */
export async function arrive(tx: Tx, session: SessionRow, personId: string, at: Date): Promise<boolean> {
  const participant = (await participantsOf(tx, session.id)).find((p) => p.personId === personId);
  if (!participant) return false;
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
  const recording = await recordingOf(tx, session.id);
  if (recording?.state === 'expected' && recording.startBy) return false;
  return (await participantsOf(tx, session.id)).every((p) => p.verdict !== 'waiting');
}
