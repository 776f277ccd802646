import type { Json } from '../policy/types';
import { write, type Tx } from './database';

export interface NotesRow {
  id: string;
  sessionId: string;
  heldStepId: string;
  answers: Json;
  writtenBy: string | null;
  writtenAt: Date;
}

/** What an instructor answered; kept as it was written, whatever becomes of the drafts. */
export async function insertNotes(tx: Tx, n: NotesRow): Promise<void> {
  await write(tx, 'INSERT INTO lesson_notes (id, session_id, held_step_id, answers, written_by, written_at) VALUES (?, ?, ?, ?, ?, ?)', [
    n.id,
    n.sessionId,
    n.heldStepId,
    JSON.stringify(n.answers),
    n.writtenBy,
    n.writtenAt,
  ]);
}
