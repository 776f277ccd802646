import { Context as ActivityContext } from '@temporalio/activity';
import { claimAttempt, lockDue, lockInDoubt, markAttempt, refreshNextDue, renewLease, setObligation, type AttemptRow } from '../db/dispatch';
import { openHeldStep } from '../commands/held-steps';
import { findSession, lockSession } from '../db/sessions';
import { obligationById, type ObligationRow } from '../db/obligations';
import { addToTimeline } from '../db/timeline';
import { viewOf, type SessionView } from '../db/view';
import type { Tx } from '../db/database';
import { newId } from '../domain/ids';
import { tzdataVersion } from '../domain/time';
import type { Channel } from '../domain/vocabulary';
import { approvalStands } from './approval';
import { composeMessage } from './compose';
import type { ActivityDeps, SessionInput } from './deps';
import type { SendResult } from './ports';

/** Nested deadlines (RELIABILITY 2.3): a send gives up after 10 s, its claim is looked at again after 30 s. */
const SEND_MS = 10_000;
const LEASE_SECONDS = 30;
const AT_ONCE = 8;
const BATCH = 50;
const RETRY_MS = 60_000;
/** Kinds that are worse twice than late: in doubt and nobody to ask, they wait for a person. */
const HOLD_IN_DOUBT = ['update'];

/**
 * Sends everything that is due on a session: claim → send → mark, several at once; what is in doubt is looked up first.
 * Safe to repeat because each claim is a row under the message's own key: whoever holds it sends, whoever comes later looks it up.
 */
export async function dispatchDue(deps: ActivityDeps, input: SessionInput): Promise<SessionView> {
  const asOf = new Date(input.asOf);
  const inOrganisation = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => deps.db.inOrganisation(input.organisationId, work);
  for (;;) {
    const claimed = await inOrganisation(async (tx) => [
      ...(await claimInDoubt(deps, tx, input.sessionId, asOf)),
      ...(await claimDue(deps, tx, input.sessionId, asOf)),
    ]);
    for (let i = 0; i < claimed.length; i += AT_ONCE) {
      const ends = await Promise.all(claimed.slice(i, i + AT_ONCE).map(async (c) => ({ ...c, result: await sendOrLookUp(deps, c) })));
      await inOrganisation(async (tx) => {
        for (const { attempt, result } of ends) await mark(tx, attempt, result, asOf);
      });
      ActivityContext.current().heartbeat(i);
    }
    if (claimed.length === 0) break;
  }
  return inOrganisation(async (tx) => {
    // Under the lock: computed beside a command that plans, the next due instant would be of the rows as they were before it.
    await lockSession(tx, input.sessionId);
    await refreshNextDue(tx, input.sessionId);
    return viewOf(tx, input.sessionId);
  });
}

interface Claimed {
  attempt: AttemptRow;
  /** Set for an attempt that may have been sent by somebody who did not come back. */
  inDoubt: boolean;
}

async function claimInDoubt(deps: ActivityDeps, tx: Tx, sessionId: string, asOf: Date): Promise<Claimed[]> {
  const doubtful = await lockInDoubt(tx, sessionId, BATCH);
  const claimed: Claimed[] = [];
  for (const { kind, ...attempt } of doubtful) {
    if (!deps.ports[attempt.channel].lookUp && HOLD_IN_DOUBT.includes(kind)) {
      await markAttempt(tx, attempt.id, { state: 'failed', at: asOf, error: 'in doubt' });
      await holdMessage(tx, attempt, 'It is not known whether this message left; sending it again might double it.', asOf);
      continue;
    }
    await renewLease(tx, attempt.id, LEASE_SECONDS);
    claimed.push({ attempt, inDoubt: true });
  }
  return claimed;
}

async function claimDue(deps: ActivityDeps, tx: Tx, sessionId: string, asOf: Date): Promise<Claimed[]> {
  const claimed: Claimed[] = [];
  for (const obligation of await lockDue(tx, sessionId, asOf, BATCH)) {
    const attempt = await claimOne(deps, tx, obligation, asOf);
    if (attempt) claimed.push({ attempt, inDoubt: false });
  }
  return claimed;
}

async function claimOne(deps: ActivityDeps, tx: Tx, o: ObligationRow, asOf: Date): Promise<AttemptRow | undefined> {
  if (asOf > o.deadlineAt) {
    await setObligation(tx, o.id, { state: 'missed', reason: 'too-late', at: asOf });
    await addToTimeline(tx, {
      sessionId: o.sessionId,
      rev: o.rev,
      at: asOf,
      kind: 'message.missed',
      actor: 'lectern',
      data: { obligationId: o.id, kind: o.kind },
    });
    return undefined;
  }
  if (o.kind === 'update' && !(await approvalStands(tx, o, asOf))) return undefined;
  const composed = await composeMessage(deps, tx, o);
  if ('suppress' in composed) {
    await setObligation(tx, o.id, { state: 'suppressed', reason: composed.suppress, at: asOf });
    return undefined;
  }
  if ('unreachable' in composed) {
    await failOver(tx, o, composed.unreachable, asOf);
    return undefined;
  }
  const attempt = await claimAttempt(
    tx,
    {
      id: newId(),
      obligationId: o.id,
      sessionId: o.sessionId,
      personId: o.personId,
      channel: o.channel,
      effectKey: `${o.id}.${o.channel}`,
      recipient: composed.recipient,
      subject: composed.subject,
      bodyText: composed.text,
      bodyHtml: composed.html,
      zone: composed.zone,
      tzdata: tzdataVersion(),
      claimedAt: asOf,
    },
    LEASE_SECONDS,
  );
  if (attempt) await setObligation(tx, o.id, { state: 'claimed', at: null });
  return attempt;
}

async function sendOrLookUp(deps: ActivityDeps, { attempt, inDoubt }: Claimed): Promise<SendResult> {
  const port = deps.ports[attempt.channel];
  if (inDoubt && port.lookUp) {
    const answer = await port.lookUp(attempt.effectKey, attempt.recipient);
    if (answer.found) return { end: 'accepted', ref: answer.ref };
  }
  const message = { key: attempt.effectKey, to: attempt.recipient, subject: attempt.subject, text: attempt.bodyText, html: attempt.bodyHtml };
  return port.send(message, AbortSignal.timeout(SEND_MS));
}

async function mark(tx: Tx, attempt: AttemptRow, result: SendResult, asOf: Date): Promise<void> {
  const o = (await obligationById(tx, attempt.obligationId))!;
  if (result.end === 'in-doubt') {
    await setObligation(tx, o.id, { state: 'in-doubt', reason: result.error, at: null });
    return;
  }
  if (result.end === 'accepted') {
    await markAttempt(tx, attempt.id, { state: 'sent', at: asOf, providerRef: result.ref });
    const state = o.reason === 'failing-over' ? 'failed-over' : 'delivered';
    await setObligation(tx, o.id, { state, evidence: 'accepted', at: asOf });
    await addToTimeline(tx, {
      sessionId: o.sessionId,
      rev: o.rev,
      at: asOf,
      kind: 'message.accepted',
      actor: 'lectern',
      data: { obligationId: o.id, kind: o.kind, step: o.step, channel: attempt.channel, personId: o.personId },
      decisionId: o.decisionId,
    });
    return;
  }
  await markAttempt(tx, attempt.id, { state: 'failed', at: asOf, error: result.error });
  if (result.end === 'refused') await failOver(tx, o, result.error, asOf);
  else {
    const again = new Date(+asOf + RETRY_MS);
    await setObligation(tx, o.id, { state: 'planned', reason: result.error, at: null, dueAt: again });
  }
}

/** The first channel has failed for good: the policy's fallback takes over, or a person is told. */
async function failOver(tx: Tx, o: ObligationRow, error: string, asOf: Date): Promise<void> {
  const fallback: Channel | null = o.fallback && o.fallback !== o.channel ? o.fallback : null;
  if (fallback) await setObligation(tx, o.id, { state: 'planned', reason: 'failing-over', at: null, channel: fallback });
  else await holdMessage(tx, { obligationId: o.id, sessionId: o.sessionId }, `This message could not be delivered (${error}).`, asOf);
}

async function holdMessage(tx: Tx, about: { obligationId: string; sessionId: string }, reason: string, asOf: Date): Promise<void> {
  const session = (await findSession(tx, about.sessionId))!;
  const o = (await obligationById(tx, about.obligationId))!;
  const step = await openHeldStep(tx, {
    session,
    kind: 'message',
    subject: o.id,
    audience: 'coordinator',
    reason,
    shown: {
      question: 'Reach this person another way, then send again or leave it.',
      kind: o.kind,
      step: o.step,
      personId: o.personId,
      channel: o.channel,
    },
    options: ['resend', 'leave'],
    decisionId: o.decisionId,
    asOf,
  });
  await setObligation(tx, o.id, { state: 'held', reason: `held-step:${step.id}`, at: asOf });
}
