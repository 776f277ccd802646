import { draftSession } from '../activities';
import type { Session } from '../session';

/**
 * Enters: documenting. Waits: for a transcript until it is overdue, then for the one review or its deadline, which lead on by
 * themselves. Leaves: settling. Undoes: nothing; a draft is never changed. Done: when the status is past `documenting`.
 */
export async function document(session: Session): Promise<void> {
  while (session.view.status === 'documenting') {
    const { view } = session;
    if (view.documents === 'drafted') await session.waitUntil(null, (v) => v.status !== 'documenting');
    else if (view.hasTranscript) await session.actBeside(draftSession);
    else if (view.readyBy !== null) await awaitTranscript(session, view.readyBy);
    else if (view.isRecordingHeld) await session.waitUntil(null, (v) => v.hasTranscript || !v.isRecordingHeld || v.readyBy !== null);
    else await session.step('finishDocumentation');
  }
}

/**
 * Enters: closed, a transcript that came too late. Waits: for its review. Leaves: closed as it came; an approved update is sent. Undoes:
 * nothing. Done: when the documents have their end.
 */
export async function documentLate(session: Session): Promise<void> {
  while (session.view.isDocumentedLate) {
    if (session.view.documents === 'none') await session.actBeside(draftSession);
    else await session.waitUntil(null, (v) => !v.isDocumentedLate);
  }
}

async function awaitTranscript(session: Session, readyBy: number): Promise<void> {
  await session.waitUntil(readyBy, (v) => v.hasTranscript);
  if (!session.view.hasTranscript) await session.step('judgeRecording');
}
