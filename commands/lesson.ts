import { expectRecording, recordingOf, wantNoRecording, type RecordingRow } from '../db/recordings';
import { forgetPhases, markPhase, moveStatus, participantsOf, phasesDone, type ParticipantRow, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { askRecording } from '../decisions/ask';
import type { ProviderAnswers } from '../decisions/provider';
import { endIncidents } from './incidents';
import { judgeParticipant } from './no-show';
import { holdRecording, isAwaited, judgeRecordingStart, start } from './recording';
import { endOpenSearch } from './substitutes/end';
import { holdUnwanted } from './unwanted-recording';

/** The lesson starts: the recording is expected (or not), and everyone who is not there yet is looked at for the first time. */
export async function openLesson(tx: Tx, session: SessionRow, provider: ProviderAnswers, asOf: Date): Promise<void> {
  if (session.status !== 'ready' && session.status !== 'booked') return;
  await moveStatus(tx, session, 'live');
  await addToTimeline(tx, { sessionId: session.id, rev: session.rev, at: asOf, kind: 'lesson.started', actor: 'lectern' });
  const decision = await askRecording(tx, session, 'lesson', provider, asOf);
  const { next } = decision.outcome;
  const expected = isAwaited(next);
  const within = (field: string, from: Date): Date | null =>
    decision.outcome[field] == null ? null : new Date(+from + Number(decision.outcome[field]));
  await expectRecording(tx, {
    sessionId: session.id,
    rev: session.rev,
    state: expected ? 'expected' : next === 'hold' ? 'missing' : 'not-expected',
    startBy: expected ? within('startWithin', session.startsAt) : null,
    readyBy: expected ? within('readyWithin', session.endsAt) : null,
  });
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: expected ? 'recording.expected' : 'recording.not-expected',
    actor: 'lectern',
    decisionId: decision.id,
  });
  await start(tx, session, decision.outcome, asOf);
  if (next === 'skip') await holdUnwanted(tx, session, asOf);
  if (next === 'hold') await holdRecording(tx, session, 'lesson', decision, asOf);
  await markPhase(tx, session.id, 'opened', session.rev, asOf);
  await judge(tx, session, provider, asOf);
}

/** Asks the no-show question of everyone whose turn it is, and whether the recording runs. */
export async function judgeLesson(tx: Tx, session: SessionRow, provider: ProviderAnswers, asOf: Date): Promise<void> {
  if (session.status === 'live') await judge(tx, session, provider, asOf);
}

async function judge(tx: Tx, session: SessionRow, provider: ProviderAnswers, asOf: Date): Promise<void> {
  const isDue = (p: ParticipantRow): boolean => p.verdict === 'waiting' && (p.checkAt === null || p.checkAt <= asOf);
  // The instructor first: whether a student is at fault depends on whether somebody was there to teach.
  for (const participant of (await participantsOf(tx, session.id)).filter(isDue))
    await judgeParticipant(tx, session, participant, { provider, asOf, isOver: false });
  const recording = await recordingOf(tx, session.id);
  if ((recording?.state === 'expected' || recording?.state === 'failed') && recording.startBy && recording.startBy <= asOf)
    await judgeRecordingStart(tx, session, provider, asOf);
}

/** The lesson is over: whoever never came is judged for the last time; documentation begins, or settlement when there is nothing to document. */
export async function endLesson(tx: Tx, session: SessionRow, provider: ProviderAnswers, asOf: Date): Promise<void> {
  if (session.status !== 'live') return;
  for (const p of (await participantsOf(tx, session.id)).filter((q) => q.verdict === 'waiting'))
    await judgeParticipant(tx, session, p, { provider, asOf, isOver: true });
  await endIncidents(tx, session, asOf);
  await endOpenSearch(tx, session, { state: 'ended', reason: 'lesson-over', asOf });
  const [documents, recording] = await isToDocument(tx, session);
  if (recording && wasStarted(recording)) await wantNoRecording(tx, session.id);
  if (!documents) await markPhase(tx, session.id, UNDOCUMENTED, session.rev, asOf);
  await moveStatus(tx, session, documents ? 'documenting' : 'settling');
  await addToTimeline(tx, { sessionId: session.id, rev: session.rev, at: asOf, kind: 'lesson.ended', actor: 'lectern' });
}

/** Marks a lesson that ended with nothing to document; one that was documented, or went on without, is not documented again. */
const UNDOCUMENTED = 'nothing-to-document';

/** By Lectern, which then has it stopped; what a provider records by itself it ends by itself. */
const wasStarted = ({ starts, secondAt, readyAt }: RecordingRow): boolean => (starts > 0 || secondAt !== null) && readyAt === null;

async function isToDocument(tx: Tx, session: SessionRow): Promise<[isTo: boolean, recording: RecordingRow | undefined]> {
  const [participants, recording] = await Promise.all([participantsOf(tx, session.id), recordingOf(tx, session.id)]);
  const came = (role: string): boolean => participants.some((p) => p.role === role && p.verdict !== 'no-show');
  return [came('student') && came('instructor') && recording?.state !== 'not-expected', recording];
}

/**
 * Somebody turns out to have come without whom there was nothing to document: it is documented after all, before it is charged. Does
 * nothing where documentation has had its turn.
 */
export async function reopenDocumentation(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  if (session.status !== 'settling' || !(await isToDocument(tx, session))[0]) return;
  const wasUndocumented = (await phasesDone(tx, session.id)).some((d) => d.phase === UNDOCUMENTED && d.rev === session.rev);
  if (!wasUndocumented) return;
  await forgetPhases(tx, session.id, session.rev, [UNDOCUMENTED]);
  await moveStatus(tx, session, 'documenting');
  await addToTimeline(tx, { sessionId: session.id, rev: session.rev, at: asOf, kind: 'documentation.reopened', actor: 'lectern' });
}
