import type { Json } from '../policy/types';
import { change, row, rows, write, type Tx } from './database';

export interface TranscriptRow {
  id: string;
  sessionId: string;
  hash: string;
  lines: { startMs: number; stopMs: number; speaker: string; text: string }[];
  report: Json;
  source: string;
  receivedAt: Date;
}
export interface DocumentRow {
  id: string;
  sessionId: string;
  rev: number;
  kind: 'summary' | 'parent-update';
  state: 'drafted' | 'approved' | 'rejected';
  approvedDraftId: string | null;
  version: number;
}
export interface DraftRow {
  id: string;
  documentId: string;
  n: number;
  origin: 'model' | 'extractive' | 'person' | 'notes';
  authorId: string | null;
  content: Json;
  hash: string;
  transcriptHash: string | null;
  model: string | null;
  promptVersion: string | null;
  refusedBecause: string | null;
  createdAt: Date;
}

/** The newest transcript: a later one replaces an earlier one for whoever reads from here on. */
export const newestTranscript = (tx: Tx, sessionId: string): Promise<TranscriptRow | undefined> =>
  row(tx, 'SELECT * FROM transcripts WHERE session_id = ? ORDER BY received_at DESC, id LIMIT 1', [sessionId]);

export async function insertTranscript(tx: Tx, t: TranscriptRow): Promise<boolean> {
  const inserted = await change(
    tx,
    `INSERT INTO transcripts (id, session_id, hash, lines, report, source, received_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, session_id, hash) DO NOTHING`,
    [t.id, t.sessionId, t.hash, JSON.stringify(t.lines), JSON.stringify(t.report), t.source, t.receivedAt],
  );
  return inserted === 1;
}

export const documentsOf = (tx: Tx, sessionId: string): Promise<DocumentRow[]> =>
  rows(tx, 'SELECT * FROM documents WHERE session_id = ? ORDER BY kind DESC', [sessionId]);

export async function upsertDocument(tx: Tx, d: Pick<DocumentRow, 'id' | 'sessionId' | 'rev' | 'kind'>): Promise<DocumentRow> {
  const found = await row<DocumentRow>(
    tx,
    `INSERT INTO documents (id, session_id, rev, kind, state) VALUES (?, ?, ?, ?, 'drafted')
     ON CONFLICT (organisation_id, session_id, kind) DO UPDATE SET version = documents.version + 1 RETURNING *`,
    [d.id, d.sessionId, d.rev, d.kind],
  );
  return found!;
}

export async function endDocument(tx: Tx, id: string, state: 'approved' | 'rejected', draftId: string | null): Promise<void> {
  await write(tx, 'UPDATE documents SET state = ?, approved_draft_id = ?, version = version + 1 WHERE id = ?', [state, draftId, id]);
}

/** Drafts are never changed: an edit is a new one with the next number. */
export async function insertDraft(tx: Tx, d: Omit<DraftRow, 'n'>): Promise<void> {
  await write(
    tx,
    `INSERT INTO drafts (id, document_id, n, origin, author_id, content, hash, transcript_hash, model, prompt_version, refused_because, created_at)
     SELECT ?, ?, coalesce(max(n), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM drafts WHERE document_id = ?`,
    [
      d.id,
      d.documentId,
      d.origin,
      d.authorId,
      JSON.stringify(d.content),
      d.hash,
      d.transcriptHash,
      d.model,
      d.promptVersion,
      d.refusedBecause,
      d.createdAt,
      d.documentId,
    ],
  );
}

export const newestDraft = (tx: Tx, documentId: string): Promise<DraftRow | undefined> =>
  row(tx, 'SELECT * FROM drafts WHERE document_id = ? ORDER BY n DESC LIMIT 1', [documentId]);

export const draftById = (tx: Tx, id: string): Promise<DraftRow | undefined> => row(tx, 'SELECT * FROM drafts WHERE id = ?', [id]);

/** Back to drafted: what was approved no longer stands. */
export async function reopenDocuments(tx: Tx, sessionId: string): Promise<void> {
  await write(tx, `UPDATE documents SET state = 'drafted', approved_draft_id = NULL, version = version + 1 WHERE session_id = ?`, [sessionId]);
}
