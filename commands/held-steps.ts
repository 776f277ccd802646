import { insertHeldStep } from '../db/held-steps';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { hashOf, newId } from '../domain/ids';
import type { HeldStepKind } from '../domain/vocabulary';
import type { Json } from '../policy/types';

export interface OpenHeldStep {
  session: { id: string; rev: number };
  kind: HeldStepKind;
  /** What the step is about: a participant, document or the session itself. One open step per kind and subject. */
  subject: string;
  audience: 'instructor' | 'coordinator';
  assigneeId?: string | null;
  reason: string;
  shown: Json;
  options: string[];
  defaultOption?: string | null;
  selfApproval?: boolean;
  deadlineAt?: Date | null;
  remindAt?: Date | null;
  escalateAt?: Date | null;
  decisionId: string | null;
  asOf: Date;
}

/** Holds a step for a person. Safe to repeat: an open step of the same kind and subject stays the one there is. */
export async function openHeldStep(tx: Tx, step: OpenHeldStep): Promise<{ id: string; created: boolean }> {
  const opened = await insertHeldStep(tx, {
    id: newId(),
    sessionId: step.session.id,
    rev: step.session.rev,
    kind: step.kind,
    subject: step.subject,
    audience: step.audience,
    assigneeId: step.assigneeId ?? null,
    reason: step.reason,
    shown: step.shown,
    shownHash: hashOf(step.shown),
    options: step.options,
    defaultOption: step.defaultOption ?? null,
    selfApproval: step.selfApproval ?? true,
    openedAt: step.asOf,
    deadlineAt: step.deadlineAt ?? null,
    remindAt: step.remindAt ?? null,
    escalateAt: step.escalateAt ?? null,
    decisionId: step.decisionId,
  });
  if (opened.created) {
    await addToTimeline(tx, {
      sessionId: step.session.id,
      rev: step.session.rev,
      at: step.asOf,
      kind: 'held',
      actor: 'lectern',
      decisionId: step.decisionId,
      data: { heldStepId: opened.id, step: step.kind },
    });
  }
  return opened;
}
