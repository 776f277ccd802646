import { newestTranscript } from '../db/documents';
import { agreedByAll } from '../db/people';
import { recordingOf } from '../db/recordings';
import { lockOpenSessionsOf, participantsOf, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { openHeldStep } from './held-steps';

const hold = (tx: Tx, session: SessionRow, asOf: Date): Promise<unknown> =>
  openHeldStep(tx, {
    session,
    kind: 'consent',
    subject: session.id,
    audience: 'coordinator',
    reason: 'Not everyone on this lesson agreed to be recorded.',
    shown: {
      question:
        'It is recorded all the same, or is about to be. Have the recording stopped and what there is of it deleted; no language model reads any of it.',
    },
    options: ['seen-to'],
    decisionId: null,
    asOf,
  });

async function isUnwanted(tx: Tx, sessionId: string): Promise<boolean> {
  const recording = await recordingOf(tx, sessionId);
  if (recording?.state !== 'not-expected') return false;
  if (!recording.startedAt && !recording.readyAt && !(await newestTranscript(tx, sessionId))) return false;
  const people = (await participantsOf(tx, sessionId)).map((p) => p.personId);
  return !(await agreedByAll(tx, people)).recording;
}

/**
 * What was recorded though somebody on the session does not agree waits for a coordinator: only a person can have it stopped and
 * deleted where it is. Asked whenever a recording or a transcript comes, and when a lesson opens that is recorded already.
 */
export async function holdUnwanted(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  if (await isUnwanted(tx, session.id)) await hold(tx, session, asOf);
}

/** Somebody agrees no longer: their lessons of which a recording runs, or may run, wait for a coordinator in the same way. */
export async function stopRecording(tx: Tx, personId: string, asOf: Date): Promise<void> {
  for (const session of await lockOpenSessionsOf(tx, [personId])) {
    const recording = await recordingOf(tx, session.id);
    if (recording && (recording.state === 'expected' || recording.startedAt || recording.readyAt)) await hold(tx, session, asOf);
  }
}
