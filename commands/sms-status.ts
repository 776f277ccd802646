import { attemptFor, markAttempt, markDelivered, noteReport, refreshNextDue } from '../db/dispatch';
import { obligationById, type ObligationRow } from '../db/obligations';
import { lockSession } from '../db/sessions';
import { addToTimeline, wake } from '../db/timeline';
import type { Tx } from '../db/database';
import { notFound } from '../domain/errors';
import { isDelivered, isOptOut, isSmsStatus, isUndelivered, smsFault, statusesBefore } from '../domain/sms-errors';
import { failOver } from './fail-over';
import { rememberOptOutOf } from './opt-outs';
import type { Context } from './context';

export interface SmsReport {
  /** The key that the message was sent under. */
  effectKey: string;
  /** The provider's own id of it. */
  ref: string;
  status: string;
  errorCode: string | null;
}

async function tell(tx: Tx, o: ObligationRow, kind: string, asOf: Date): Promise<void> {
  const { sessionId, rev, decisionId, channel, personId } = o;
  const data = { obligationId: o.id, kind: o.kind, step: o.step, channel, personId };
  await addToTimeline(tx, { sessionId, rev, at: asOf, kind, actor: 'lectern', decisionId, data });
}

/**
 * What a provider reports of a message that it took. Reports come twice, in any order, and before the answer to the sending itself: then
 * the report is kept, and whoever marks the sending reads it. One that did not arrive goes by the other channel, or a person is told.
 */
export async function reportSms(ctx: Context, report: SmsReport): Promise<void> {
  if (!isSmsStatus(report.status)) return;
  await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const attempt = await attemptFor(tx, report.effectKey);
    if (!attempt) throw notFound('message', report.effectKey);
    await lockSession(tx, attempt.sessionId);
    const { status, ref, errorCode } = report;
    const noted = await noteReport(tx, report.effectKey, { status, before: statusesBefore(status), error: errorCode, ref, at: ctx.asOf });
    if (noted?.state !== 'sent') return;
    const o = (await obligationById(tx, noted.obligationId))!;
    if (isDelivered(status) && (await markDelivered(tx, o.id))) await tell(tx, o, 'message.delivered', ctx.asOf);
    if (!isUndelivered(status) || !['delivered', 'failed-over'].includes(o.state)) return;
    await markAttempt(tx, noted.id, { state: 'failed', at: ctx.asOf, providerRef: ref, error: smsFault(errorCode ?? undefined) });
    if (isOptOut(errorCode)) await rememberOptOutOf(tx, attempt, ctx.asOf);
    await failOver(tx, o, smsFault(errorCode ?? undefined), ctx.asOf);
    await tell(tx, o, 'message.undelivered', ctx.asOf);
    await refreshNextDue(tx, o.sessionId);
    await wake(tx, o.sessionId);
  });
}
