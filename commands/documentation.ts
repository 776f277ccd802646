import { documentsOf, insertDraft, newestDraft, upsertDocument } from '../db/documents';
import { withdrawHeldStep } from '../db/held-steps';
import { coordinatorsWithShifts, peopleById } from '../db/people';
import { lockSession, moveStatus, participantsOf, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { askReview } from '../decisions/ask';
import { isModelFault, type DraftFault } from '../domain/draft-faults';
import type { DraftOrigin, ParentUpdateContent, SummaryContent } from '../domain/documents';
import { hashOf, newId } from '../domain/ids';
import type { Json } from '../policy/types';
import { reviewReason } from './held-reasons';
import { openHeldStep } from './held-steps';
import { planEvents } from './plan';
import { shownForReview } from './review';

export interface DraftedDocuments {
  summary: SummaryContent;
  update: ParentUpdateContent;
  origin: DraftOrigin;
  /** Who wrote what the drafts say, where it was a person. */
  authorId?: string;
  refusedBecause: DraftFault | null;
  model: string | null;
  promptVersion: string | null;
  transcriptHash: string | null;
}

async function storeDraft(
  tx: Tx,
  session: SessionRow,
  kind: 'summary' | 'parent-update',
  content: Json,
  d: DraftedDocuments,
  asOf: Date,
): Promise<{ documentId: string; hash: string }> {
  const document = await upsertDocument(tx, { id: newId(), sessionId: session.id, rev: session.rev, kind });
  const hash = hashOf(content);
  if ((await newestDraft(tx, document.id))?.hash !== hash) {
    await insertDraft(tx, {
      id: newId(),
      documentId: document.id,
      origin: d.origin,
      authorId: d.authorId ?? null,
      content,
      hash,
      transcriptHash: d.transcriptHash,
      model: d.model,
      promptVersion: d.promptVersion,
      refusedBecause: d.refusedBecause,
      createdAt: asOf,
    });
  }
  return { documentId: document.id, hash };
}

/** Documentation has its time before the money; after close a correction gives it another. */
export const isBeingDocumented = ({ status, closedAt }: Pick<SessionRow, 'status' | 'closedAt'>): boolean =>
  status === 'documenting' || (status === 'settled' && closedAt !== null);

/** Stores the drafts and opens their one review, as documentation.review decides. Safe to repeat: one open review a session. */
export async function openReview(tx: Tx, sessionId: string, drafted: DraftedDocuments, asOf: Date): Promise<void> {
  const session = await lockSession(tx, sessionId);
  if (!isBeingDocumented(session) || (await documentsOf(tx, sessionId)).some((d) => d.state !== 'drafted')) return;
  // Whoever was asked for want of a transcript is not asked any more.
  await withdrawHeldStep(tx, sessionId, 'recording', sessionId, asOf);
  await storeDraft(tx, session, 'summary', drafted.summary as unknown as Json, drafted, asOf);
  const update = await storeDraft(tx, session, 'parent-update', drafted.update as unknown as Json, drafted, asOf);
  const modelRefused = drafted.refusedBecause !== null && isModelFault(drafted.refusedBecause);
  const decision = await askReview(tx, session, { ...update, origin: drafted.origin, modelRefused, claims: drafted.summary.claims.length }, asOf);
  const after = (field: string): Date => new Date(+asOf + Number(decision.outcome[field]));
  const instructorId = (await participantsOf(tx, sessionId)).find((p) => p.role === 'instructor')?.personId ?? null;
  const byInstructor = decision.outcome.reviewer === 'instructor' && instructorId !== null;
  const opened = await openHeldStep(tx, {
    session,
    kind: 'documentation.review',
    subject: sessionId,
    audience: byInstructor ? 'instructor' : 'coordinator',
    assigneeId: byInstructor ? instructorId : null,
    reason: reviewReason(session, drafted),
    shown: await shownForReview(tx, sessionId),
    options: ['approve', 'reject'],
    defaultOption: String(decision.outcome.default),
    selfApproval: decision.outcome.selfApproval !== false,
    deadlineAt: after('deadline'),
    remindAt: after('remindAfter'),
    escalateAt: after('escalateAfter'),
    decisionId: decision.id,
    asOf,
  });
  if (!opened.created) return;
  const reviewers = byInstructor ? await peopleById(tx, [instructorId]) : await coordinatorsWithShifts(tx);
  const step = { asOf, reviewers, heldStepId: opened.id };
  await planEvents(
    tx,
    session,
    { ...step, event: 'review-opened' },
    { ...step, event: 'review-reminder', eventAt: after('remindAfter') },
    { ...step, event: 'review-escalated', eventAt: after('escalateAfter') },
  );
}

/** Documentation has its end: approved, rejected, or gone on without. */
export async function finishDocumentation(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  if (session.status !== 'documenting') return;
  await moveStatus(tx, session, 'settling');
  const state = (await documentsOf(tx, session.id))[0]?.state ?? 'none';
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: 'documentation.finished',
    actor: 'lectern',
    data: { documents: state },
  });
}
