import { insertTranscript } from '../db/documents';
import { lockSession, type SessionRow } from '../db/sessions';
import { addToTimeline, wake } from '../db/timeline';
import type { Tx } from '../db/database';
import { LecternError } from '../domain/errors';
import { newId } from '../domain/ids';
import { hashTranscript, parseTranscript, TranscriptError, type TranscriptLine, type TranscriptReport } from '../domain/transcript';
import type { Json } from '../policy/types';
import type { Context } from './context';
import { amendByTranscript } from './corrections/late';

/** Parses what was sent; a fault names its place and remedy (`invalid-transcript`). */
export function readTranscript(input: unknown): { lines: TranscriptLine[]; report: TranscriptReport } {
  try {
    return parseTranscript(input);
  } catch (error) {
    if (error instanceof TranscriptError) {
      throw new LecternError('invalid-transcript', error.message, { code: error.code, place: error.place, remedy: error.remedy });
    }
    throw error;
  }
}

/** Stores a transcript on a locked session and wakes its workflow; the same words twice are one transcript. */
export async function storeTranscript(
  tx: Tx,
  session: SessionRow,
  parsed: { lines: TranscriptLine[]; report: TranscriptReport },
  source: string,
  asOf: Date,
): Promise<{ transcriptId: string; duplicate: boolean }> {
  const id = newId();
  const isNew = await insertTranscript(tx, {
    id,
    sessionId: session.id,
    hash: hashTranscript(parsed.lines),
    lines: parsed.lines,
    report: parsed.report as unknown as Json,
    source,
    receivedAt: asOf,
  });
  if (isNew) {
    await addToTimeline(tx, {
      sessionId: session.id,
      rev: session.rev,
      at: asOf,
      kind: 'transcript.received',
      actor: source,
      data: { lines: parsed.lines.length },
    });
    await wake(tx, session.id);
  }
  return { transcriptId: id, duplicate: !isNew };
}

/** Uploads a transcript by hand. Errors: `invalid-transcript`, `not-found`, `illegal-move` (a session that was never held). */
export async function uploadTranscript(
  ctx: Context,
  sessionId: string,
  input: unknown,
  source: string,
): Promise<{ transcriptId: string; report: unknown; duplicate: boolean }> {
  const parsed = readTranscript(input);
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await lockSession(tx, sessionId);
    if (['held', 'refused', 'expired', 'cancelled'].includes(session.status)) {
      throw new LecternError('illegal-move', `Session ${sessionId} is ${session.status}; it has no lesson to transcribe.`);
    }
    const stored = await storeTranscript(tx, session, parsed, source, ctx.asOf);
    if (!stored.duplicate) await amendByTranscript(ctx, tx, session);
    return { ...stored, report: parsed.report };
  });
}
