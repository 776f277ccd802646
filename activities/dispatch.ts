import { Context as ActivityContext } from '@temporalio/activity';
import { claimAttempt, lockDue, lockInDoubt, markAttempt, refreshNextDue, renewLease, setObligation, type AttemptRow } from '../db/dispatch';
import { lockSession } from '../db/sessions';
import type { ObligationRow } from '../db/obligations';
import { addToTimeline } from '../db/timeline';
import { viewOf, type SessionView } from '../db/view';
import type { Tx } from '../db/database';
import { newId } from '../domain/ids';
import { tzdataVersion } from '../domain/time';
import { approvalStands } from './approval';
import { composeMessage } from './compose';
import type { ActivityDeps, SessionInput } from './deps';
import { failOver, holdMessage, markEnds, type End } from './ends';
import { readKnown, type Known } from './known';
import type { MessagePort } from './ports';

/** Nested deadlines (RELIABILITY 2.3): a send gives up after 10 s, its claim is looked at again after 30 s. */
const SEND_MS = 10_000;
const LEASE_SECONDS = 30;
const AT_ONCE = 8;
/** No more is claimed than is sent at once: a claim that waits for others to be sent would outlive its lease on a slow day. */
const BATCH = AT_ONCE;
/** Kinds that are worse twice than late: in doubt and nobody to ask, they wait for a person. Others are sent once more, not for ever. */
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
    if (claimed.length === 0) break;
    for (let i = 0; i < claimed.length; i += AT_ONCE) {
      const ends = await Promise.all(
        claimed.slice(i, i + AT_ONCE).map(async (c) => ({ ...c, result: await sendOrLookUp(deps.ports[c.attempt.channel], c) })),
      );
      await inOrganisation((tx) => markEnds(tx, ends, asOf));
      ActivityContext.current().heartbeat(i);
    }
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
    const mayRepeat = attempt.n === 1 && !HOLD_IN_DOUBT.includes(kind);
    if (!deps.ports[attempt.channel].lookUp && !mayRepeat) {
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
  const due = await lockDue(tx, sessionId, asOf, BATCH);
  if (due.length === 0) return [];
  const claimed: Claimed[] = [];
  const known = await readKnown(tx, sessionId);
  for (const obligation of due) {
    const attempt = await claimOne(deps, tx, { known, o: obligation }, asOf);
    if (attempt) claimed.push({ attempt, inDoubt: false });
  }
  return claimed;
}

async function claimOne(deps: ActivityDeps, tx: Tx, { known, o }: { known: Known; o: ObligationRow }, asOf: Date): Promise<AttemptRow | undefined> {
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
  const composed = await composeMessage(deps, tx, known, o);
  if ('suppress' in composed) {
    await setObligation(tx, o.id, { state: 'suppressed', reason: composed.suppress, at: asOf });
    return undefined;
  }
  if ('unreachable' in composed) {
    await failOver(tx, o, composed.unreachable, asOf);
    return undefined;
  }
  return claimAttempt(
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
}

/** Never throws: one port that is away must not leave what the others took unmarked. */
async function sendOrLookUp(port: MessagePort, { attempt, inDoubt }: Claimed): Promise<End> {
  try {
    if (inDoubt) {
      const answer = await port.lookUp?.(attempt.effectKey, attempt.recipient);
      return answer?.found ? { end: 'accepted', ref: answer.ref } : { end: 'never-left' };
    }
    const message = { key: attempt.effectKey, to: attempt.recipient, subject: attempt.subject, text: attempt.bodyText, html: attempt.bodyHtml };
    return await port.send(message, AbortSignal.timeout(SEND_MS));
  } catch {
    return { end: 'in-doubt', error: inDoubt ? 'the provider could not be asked' : 'no answer' };
  }
}
