import { markOfBatch, type BatchRow } from '../../db/batches';
import { refreshNextDue } from '../../db/dispatch';
import { insertObligations } from '../../db/obligations';
import { lockSession, participantsOf, type SessionRow } from '../../db/sessions';
import { wake } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { decide } from '../../decisions/decide';
import { planObligations, type PlanRecipient } from '../../domain/plan';
import { holdPlan } from '../held-plan';
import { asRow, audienceOf, instantsOf, recipientsOf, stepsFor } from '../plan';
import type { Context } from '../context';

/** Why a single session's notice of a change is not sent: the batch's is, and it names that session too. */
export const TOLD_TOGETHER = 'told-together';

/** A guardian of two children on one session reads of both in one message. */
const oncePerPerson = (list: PlanRecipient[]): PlanRecipient[] => list.filter((r, i) => list.findIndex((q) => q.personId === r.personId) === i);

/**
 * Lays down one notice a person for all that a batch has changed for them, on the first of their sessions: who sends it is that session's
 * workflow, and what it says is read from the batch.
 */
export async function tellTogether(ctx: Context, tx: Tx, batch: BatchRow, changed: SessionRow[]): Promise<void> {
  const told = new Set<string>();
  const event = { event: 'changed-together', asOf: ctx.asOf } as const;
  // A booking that was never confirmed was never told of either.
  const sessions = changed.filter((s) => s.rev > 1).sort((a, b) => (a.id < b.id ? -1 : 1));
  const locked: SessionRow[] = [];
  for (const { id } of sessions) locked.push(await lockSession(tx, id));
  for (const session of locked.sort((a, b) => +a.startsAt - +b.startsAt)) {
    const participants = await participantsOf(tx, session.id);
    const everybody = recipientsOf(await audienceOf(tx, participants), participants, event);
    const recipients = oncePerPerson(everybody.filter((r) => r.role !== 'coordinator' && !told.has(r.personId)));
    if (recipients.length === 0) continue;
    for (const r of recipients) told.add(r.personId);
    const { steps, held } = await stepsFor(tx, session, participants, event, decide);
    const rows = planObligations({ steps, instants: instantsOf(session, event), recipients, asOf: +ctx.asOf }).map(asRow(session, event));
    await insertObligations(tx, rows);
    await markOfBatch(
      tx,
      batch.id,
      rows.map((r) => r.id),
    );
    if (held) await holdPlan(tx, session, event, held);
    await refreshNextDue(tx, session.id);
    await wake(tx, session.id);
  }
}
