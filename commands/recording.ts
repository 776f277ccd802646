import { decisionById } from '../db/decisions';
import { awaitRecording, expectRecording, missRecording, recordingOf, wantRecording } from '../db/recordings';
import type { SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { askRecording } from '../decisions/ask';
import type { Decision } from '../decisions/decide';
import type { ProviderAnswers } from '../decisions/provider';
import { recordingReason, type RecordingStage } from './held-reasons';
import { openHeldStep } from './held-steps';
import { askForNotes } from './notes';

/** Whether the recording runs, once it should. */
export async function judgeRecordingStart(tx: Tx, session: SessionRow, provider: ProviderAnswers, asOf: Date): Promise<void> {
  const decision = await askRecording(tx, session, 'start', provider, asOf);
  await expectRecordingFurther(tx, session, decision.outcome, asOf);
  await start(tx, session, decision.outcome, asOf);
  if (decision.outcome.next !== 'hold') return;
  await holdRecording(tx, session, 'start', decision, asOf);
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
  const isExpected = isAwaited(next);
  await expectRecording(tx, {
    sessionId: session.id,
    rev: session.rev,
    state: next === 'skip' ? 'not-expected' : 'expected',
    startBy: isExpected && Number(startWithin) > 0 ? new Date(+asOf + Number(startWithin)) : null,
    readyBy: next === 'skip' ? null : isExpected && readyWithin != null ? new Date(+session.endsAt + Number(readyWithin)) : (readyBy ?? asOf),
  });
}

/** Whether an outcome goes on waiting for the recording. */
export const isAwaited = (next: unknown): boolean => next === 'expect' || next === 'start' || next === 'second-recorder';

/** Has the provider told to record, where the rules say so; the workflow tells it. */
export async function start(tx: Tx, session: SessionRow, { next }: Decision['outcome'], asOf: Date): Promise<void> {
  if (next === 'start') await wantRecording(tx, session.id, 'first', asOf);
  if (next === 'second-recorder') await wantRecording(tx, session.id, 'second', asOf);
}

const QUESTIONS: Record<Exclude<RecordingStage, 'notes'>, string> = {
  lesson: 'May this lesson be recorded? Wait for a recording, or go on without.',
  start: 'The recording did not start. Start it by hand, or go on without.',
  ready: 'Neither recording nor transcript has come. Upload a transcript, wait for it, or go on without.',
};

/** A coordinator decides; to wait longer is offered where the policy says how long. */
export async function holdRecording(
  tx: Tx,
  session: SessionRow,
  stage: Exclude<RecordingStage, 'notes'>,
  decision: Decision,
  asOf: Date,
): Promise<void> {
  await openHeldStep(tx, {
    session,
    kind: 'recording',
    subject: session.id,
    audience: 'coordinator',
    reason: await recordingReason(tx, session, stage, decision.id),
    shown: { question: QUESTIONS[stage] },
    options: decision.outcome.waitFor == null ? ['proceed-without'] : ['proceed-without', 'wait'],
    decisionId: decision.id,
    asOf,
  });
}

/** Recording or transcript are overdue: go on without, wait, or hold, as the policy says. */
export async function judgeRecording(tx: Tx, session: SessionRow, provider: ProviderAnswers, asOf: Date): Promise<void> {
  if (session.status !== 'documenting') return;
  const decision = await askRecording(tx, session, 'ready', provider, asOf);
  const { next, readyWithin } = decision.outcome;
  if (next === 'expect' && readyWithin != null) {
    await expectRecording(tx, {
      sessionId: session.id,
      rev: session.rev,
      state: 'expected',
      startBy: null,
      readyBy: new Date(+asOf + Number(readyWithin)),
    });
    return;
  }
  await missRecording(tx, session.id);
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: 'recording.missing',
    actor: 'lectern',
    decisionId: decision.id,
  });
  if (next === 'skip') return;
  if (next === 'notes') return askForNotes(tx, session, decision, asOf);
  await holdRecording(tx, session, 'ready', decision, asOf);
}

interface Answer {
  waits: boolean;
  asOf: Date;
}

/** A person's answer to a held recording: go on without, or wait as much longer as the policy named when it held it. */
export async function answerRecording(tx: Tx, session: SessionRow, step: { decisionId: string | null }, { waits, asOf }: Answer): Promise<void> {
  const decision = waits && step.decisionId ? await decisionById(tx, step.decisionId) : undefined;
  const outcome = (decision?.outcome ?? {}) as Decision['outcome'];
  if (outcome.waitFor == null) return missRecording(tx, session.id);
  const from = new Date(Math.max(+asOf, +session.endsAt));
  await awaitRecording(tx, session.id, from, Number(outcome.waitFor));
}
