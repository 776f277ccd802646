import { row, type Tx } from '../database';
import type { TranscriptRow } from '../documents';
import { scopeBindings, SESSION_VISIBLE, type Scope } from './scope';

export const visibleTranscript = (tx: Tx, id: string, scope: Scope): Promise<TranscriptRow | undefined> =>
  row(
    tx,
    `SELECT t.* FROM transcripts t JOIN sessions s ON s.organisation_id = t.organisation_id AND s.id = t.session_id WHERE t.id = ? AND ${SESSION_VISIBLE}`,
    [id, ...scopeBindings(scope)],
  );
