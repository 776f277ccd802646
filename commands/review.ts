import { documentsOf, endDocument, insertDraft, newestDraft, newestTranscript, type DraftRow } from '../db/documents';
import type { HeldStepRow } from '../db/held-steps';
import { participantsOf } from '../db/sessions';
import type { Tx } from '../db/database';
import { LecternError } from '../domain/errors';
import { checkEditedSummary, checkEditedUpdate } from '../domain/check-edited';
import type { ParentUpdateContent } from '../domain/documents';
import { hashOf, newId } from '../domain/ids';
import { PLAIN_LANGUAGE } from '../domain/languages';
import type { Json } from '../policy/types';
import type { Context } from './context';
import type { DecideInput } from './types';

/**
 * What a reviewer is shown, and what an approval binds to: both drafts and the facts that the review rests on. When any of it
 * changes, the hash changes, and an approval of the old is refused with the difference.
 */
export async function shownForReview(tx: Tx, sessionId: string): Promise<Json> {
  const drafts: Record<string, DraftRow> = {};
  for (const document of await documentsOf(tx, sessionId)) {
    const draft = await newestDraft(tx, document.id);
    if (draft) drafts[document.kind] = draft;
  }
  const transcript = await newestTranscript(tx, sessionId);
  const attendance = Object.fromEntries((await participantsOf(tx, sessionId)).map((p) => [p.personId, p.verdict]));
  return {
    summary: drafts['summary']?.content ?? null,
    update: drafts['parent-update']?.content ?? null,
    origin: drafts['parent-update']?.origin ?? null,
    refusedBecause: drafts['parent-update']?.refusedBecause ?? null,
    facts: { attendance, transcript: transcript?.hash ?? null },
  };
}

/** An edit as it is kept: sound, and in the languages of the draft that was edited. */
export function checkedEdit(kind: 'summary' | 'parent-update', edit: Json, before: DraftRow | undefined): Json {
  const { language, otherLanguages = [] } = (before?.content ?? {}) as unknown as Partial<ParentUpdateContent>;
  const others = otherLanguages.map((text) => text.language);
  const faults = kind === 'summary' ? checkEditedSummary(edit) : checkEditedUpdate(edit, others);
  if (faults.length > 0) throw new LecternError('invalid-request', `The edited ${kind} is not valid.`, faults);
  const kept = { ...(edit as { [key: string]: Json }), language: language ?? PLAIN_LANGUAGE };
  return kind === 'summary' ? kept : { otherLanguages: [], ...kept };
}

/** Stores edited documents as drafts of their own, written by the decider. */
export async function storeEdits(ctx: Context, tx: Tx, step: HeldStepRow, edited: NonNullable<DecideInput['edited']>): Promise<void> {
  const byKind: Record<string, Json | undefined> = { summary: edited.summary, 'parent-update': edited.update };
  for (const document of await documentsOf(tx, step.sessionId)) {
    const edit = byKind[document.kind];
    if (edit === undefined) continue;
    const before = await newestDraft(tx, document.id);
    await storeEdit(ctx, tx, document.id, checkedEdit(document.kind, edit, before));
  }
}

/** Stores what a person has made of a document as a draft of its own. */
export async function storeEdit(ctx: Context, tx: Tx, documentId: string, content: Json): Promise<void> {
  const before = await newestDraft(tx, documentId);
  await insertDraft(tx, {
    id: newId(),
    documentId,
    origin: 'person',
    authorId: ctx.principal.id,
    content,
    hash: hashOf(content),
    transcriptHash: before?.transcriptHash ?? null,
    model: before?.model ?? null,
    promptVersion: before?.promptVersion ?? null,
    refusedBecause: null,
    createdAt: ctx.asOf,
  });
}

/** Ends both documents of a review; gives the id of the parent update. */
export async function endReview(tx: Tx, sessionId: string, state: 'approved' | 'rejected'): Promise<string | null> {
  let updateId: string | null = null;
  for (const document of await documentsOf(tx, sessionId)) {
    const draft = await newestDraft(tx, document.id);
    await endDocument(tx, document.id, state, state === 'approved' ? (draft?.id ?? null) : null);
    if (document.kind === 'parent-update') updateId = document.id;
  }
  return updateId;
}

/** Whether the newest draft of the update was written by this principal. */
export async function wroteIt(tx: Tx, sessionId: string, principalId: string): Promise<boolean> {
  for (const document of await documentsOf(tx, sessionId)) {
    const draft = await newestDraft(tx, document.id);
    if ((draft?.origin === 'person' || draft?.origin === 'notes') && draft.authorId === principalId) return true;
  }
  return false;
}
