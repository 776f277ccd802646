import { setVerdict } from '../db/attendance';
import { markPhase, moveStatus, participantsOf } from '../db/sessions';
import type { HeldStepKind } from '../domain/vocabulary';
import { makeApproved } from './change';
import { inputOf } from './changes/held-change';
import { answerClocks } from './clock-change';
import { approveCorrection } from './corrections/correct';
import { finishDocumentation } from './documentation';
import { admitHeld } from './hold-booking';
import { leave, resend } from './held-message';
import { chosenPlan } from './held-plan';
import { answerNotes } from './notes';
import { layDown, planEvents } from './plan';
import { answerRecording } from './recording';
import { answerRoom } from './room-failure';
import { suppressPlanned } from './replan';
import { revise } from './revise';

import { answerAutomation } from './automations/answer';
import { answerItem } from './batches/answer';
import { endReview } from './review';
import { answerViability } from './groups/hold';
import { decideZone } from './zone-check';
import { answerWebhook } from './webhooks/answer';
import { answerSearch } from './substitutes/answer';
import { endOpenSearch } from './substitutes/end';
import type { Decided } from './decided';

async function booking({ ctx, tx, session, decision }: Decided): Promise<void> {
  if (decision === 'approve') await admitHeld(ctx, tx, session);
  else await moveStatus(tx, session, decision === 'expire' ? 'expired' : 'refused');
}

async function noShow({ ctx, tx, session, step, decision }: Decided): Promise<void> {
  const verdict = decision === 'no-show' ? 'no-show' : decision === 'arrived' ? 'arrived' : 'undecided';
  await setVerdict(tx, session.id, step.subject, { verdict, at: ctx.asOf, decisionId: step.decisionId });
  const isStudent = (await participantsOf(tx, session.id)).some((p) => p.personId === step.subject && p.role === 'student');
  if (!isStudent && verdict === 'arrived') await endOpenSearch(tx, session, { state: 'ended', reason: 'arrived', asOf: ctx.asOf });
  if (verdict === 'no-show' && isStudent) await planEvents(tx, session, { event: 'no-show', asOf: ctx.asOf, studentIds: [step.subject] });
  await revise(tx, session, ctx.asOf);
}

async function review({ ctx, tx, session, step, decision }: Decided): Promise<void> {
  const documentId = await endReview(tx, session.id, decision === 'approve' ? 'approved' : 'rejected');
  await finishDocumentation(tx, session, ctx.asOf);
  await suppressPlanned(tx, session.id, 'review-decided', ctx.asOf, (o) => o.heldStepId !== step.id);
  if (decision !== 'approve' || !documentId) return;
  const arrived = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student' && ['arrived', 'late'].includes(p.verdict));
  await planEvents(tx, session, {
    event: 'update-approved',
    asOf: ctx.asOf,
    documentId,
    heldStepId: step.id,
    studentIds: arrived.map((p) => p.personId),
  });
}

async function message({ ctx, tx, step, decision }: Decided): Promise<void> {
  await (decision === 'resend' ? resend : leave)(tx, step.subject, ctx.asOf);
}

/** Under the rev that is billed: a move has one of its own. Settlement reads it and posts. */
const money = ({ ctx, tx, session, step, decision }: Decided): Promise<void> =>
  markPhase(tx, session.id, `${step.kind}:${step.subject}:${decision}`, step.rev, ctx.asOf);

/** What follows from a decision, by the kind of its held step. A new kind is a function here and a word in the vocabulary. */
export const CONSEQUENCES: Record<HeldStepKind, (decided: Decided) => Promise<void>> = {
  booking,
  'no-show': noShow,
  'documentation.review': review,
  message,
  // Whoever saw to it did so where the recording is; nothing of ours follows.
  consent: () => Promise.resolve(),
  coverage: ({ ctx, tx, session }) => markPhase(tx, session.id, 'coverage', session.rev, ctx.asOf),
  recording: ({ ctx, tx, session, step, decision, answers }) =>
    decision === 'notes'
      ? answerNotes(ctx, tx, session, { step, answers })
      : answerRecording(tx, session, step, { waits: decision === 'wait', asOf: ctx.asOf }),
  room: ({ ctx, tx, session, step, decision }) => answerRoom(tx, session, step, { decision, asOf: ctx.asOf }),
  correction: async ({ ctx, tx, session, step, decision }) => {
    if (decision === 'approve') await approveCorrection(ctx, tx, session, step);
  },
  zone: ({ ctx, tx, step, decision }) => decideZone(tx, step.subject, decision, ctx.asOf),
  'clock-change': ({ ctx, tx, session, step, decision }) => answerClocks(ctx, tx, session, { step, decision }),
  substitute: answerSearch,
  viability: answerViability,
  webhook: answerWebhook,
  automation: answerAutomation,
  charge: money,
  payout: money,
  async plan({ ctx, tx, session, step, decision }) {
    const chosen = await chosenPlan(tx, step, decision, ctx.asOf);
    if (chosen) await layDown(tx, session, chosen);
  },
  'series-occurrence': ({ ctx, tx, session, step, decision }) => answerItem(ctx, tx, session, step, decision),
  closure: ({ ctx, tx, session, step, decision }) => answerItem(ctx, tx, session, step, decision),
  async change({ ctx, tx, session, step, decision }) {
    if (decision !== 'approve') return;
    await makeApproved(ctx, tx, session, inputOf(step.shown), step.decisionId!);
  },
};
