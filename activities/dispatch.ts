import { Context as ActivityContext } from '@temporalio/activity';
import {
  claimAttempts,
  lockDue,
  lockInDoubt,
  markAttempt,
  refreshNextDue,
  renewLease,
  setObligation,
  type AttemptRow,
  type NewClaim,
  type Sending,
} from '../db/dispatch';
import { holdSession } from '../db/sessions';
import type { ObligationRow } from '../db/obligations';
import { addToTimeline } from '../db/timeline';
import { viewOf, type SessionView } from '../db/view';
import type { Tx } from '../db/database';
import { ZONE_UNKNOWN } from '../db/zones';
import { newId } from '../domain/ids';
import { signal } from '../domain/signals';
import { tzdataVersion, wallTimeOf } from '../domain/time';
import { doubtedZones } from '../commands/zone-check';
import { showsTime } from '../messages/render';
import { approvalStands } from './approval';
import { composeMessage, OPTED_OUT } from './compose';
import type { ActivityDeps, SessionInput } from './deps';
import { failOver, holdMessage } from '../commands/fail-over';
import { markEnds, type End } from './ends';
import { readKnown, type Known } from './known';
import type { MessagePort } from './ports';

/** Nested deadlines (RELIABILITY 2.3): a send gives up after 10 s, its claim is looked at again after 30 s. */
const SEND_MS = 10_000;
const LEASE_SECONDS = 30;
/** No more is claimed than is sent at once: a claim that waits for others to be sent would outlive its lease on a slow day. */
const BATCH = 8;
/** Kinds that are worse twice than late: in doubt and nobody to ask, they wait for a person. Others are sent once more, not for ever. */
const HOLD_IN_DOUBT = ['update'];

export type Dispatch = (deps: ActivityDeps, input: SessionInput) => Promise<SessionView>;

/**
 * Sends everything that is due on a session: claim → send → mark, several at once; what is in doubt is looked up first.
 * Safe to repeat because each claim is a row under the message's own key: whoever holds it sends, whoever comes later looks it up.
 */
export async function dispatchDue(deps: ActivityDeps, input: SessionInput): Promise<SessionView> {
  const started = performance.now();
  const asOf = new Date(input.asOf);
  const inOrganisation = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => deps.db.inOrganisation(input.organisationId, work);
  for (;;) {
    const { claimed, isAll } = await inOrganisation((tx) => claim(deps, tx, input.sessionId, asOf));
    const ends = await Promise.all(claimed.map(async (c) => ({ ...c, result: await sendOrLookUp(deps.ports[c.attempt.channel], c, input) })));
    const view = await inOrganisation(async (tx) => {
      // Under the lock: computed beside a command that plans, the next due instant would be of the rows as they were before it.
      await Promise.all([holdSession(tx, input.sessionId), markEnds(tx, ends, asOf)]);
      if (!isAll) return undefined;
      await refreshNextDue(tx, input.sessionId);
      return tx.last(() => viewOf(tx, input.sessionId));
    });
    if (view) {
      signal('dispatch', { ms: performance.now() - started });
      return view;
    }
    ActivityContext.current().heartbeat();
  }
}

interface Claimed {
  attempt: Sending;
  /** Set for an attempt that may have been sent by somebody who did not come back. */
  inDoubt: boolean;
}

/** Claims what is due or in doubt; `isAll` when no more than was looked at can be. */
async function claim(deps: ActivityDeps, tx: Tx, sessionId: string, asOf: Date): Promise<{ claimed: Claimed[]; isAll: boolean }> {
  const [doubtful, due, known] = await Promise.all([
    lockInDoubt(tx, sessionId, BATCH),
    lockDue(tx, sessionId, asOf, BATCH),
    readKnown(tx, sessionId),
  ]);
  const claimed = [...(await claimInDoubt(deps, tx, doubtful, asOf)), ...(await claimDue(deps, tx, { due, known }, asOf))];
  return { claimed, isAll: doubtful.length < BATCH && due.length < BATCH };
}

async function claimInDoubt(deps: ActivityDeps, tx: Tx, doubtful: (AttemptRow & { kind: string })[], asOf: Date): Promise<Claimed[]> {
  const claimed: Claimed[] = [];
  for (const { kind, ...attempt } of doubtful) {
    const mayRepeat = attempt.n === 1 && !HOLD_IN_DOUBT.includes(kind);
    if (!deps.ports[attempt.channel].lookUp && !mayRepeat) {
      await markAttempt(tx, attempt.id, { state: 'failed', at: asOf, error: 'in doubt' });
      await holdMessage(tx, attempt, null, asOf);
      continue;
    }
    await renewLease(tx, attempt.id, LEASE_SECONDS);
    claimed.push({ attempt, inDoubt: true });
  }
  return claimed;
}

async function claimDue(deps: ActivityDeps, tx: Tx, { due, known }: { due: ObligationRow[]; known: Known }, asOf: Date): Promise<Claimed[]> {
  const composed: NewClaim[] = [];
  for (const obligation of due) {
    const claim = await claimOf(deps, tx, { known, o: obligation }, asOf);
    if (claim) composed.push(claim);
  }
  const claims = await withoutDoubtedZones(tx, known, composed, asOf);
  if (claims.length === 0) return [];
  return (await tx.last(() => claimAttempts(tx, claims, LEASE_SECONDS))).map((attempt) => ({ attempt, inDoubt: false }));
}

/** A message that shows its reader a time that may be wrong waits for a person; what else is due leaves. */
async function withoutDoubtedZones(tx: Tx, { session }: Known, claims: NewClaim[], asOf: Date): Promise<NewClaim[]> {
  const timely = claims.filter((c) => c.shownWallTime !== null).map((c) => c.personId);
  const doubted = await doubtedZones(tx, session, timely, asOf);
  const isHeld = (c: NewClaim): boolean => c.shownWallTime !== null && doubted.has(c.personId);
  for (const c of claims.filter(isHeld)) await setObligation(tx, c.obligationId, { state: 'held', reason: ZONE_UNKNOWN, at: asOf });
  return claims.filter((c) => !isHeld(c));
}

/** Why a text was not even tried stands on the lesson: the next channel has it, or a person. */
const tellOptOut = (tx: Tx, o: ObligationRow, asOf: Date): Promise<void> =>
  addToTimeline(tx, {
    sessionId: o.sessionId,
    rev: o.rev,
    at: asOf,
    kind: 'message.opted-out',
    actor: 'lectern',
    data: { obligationId: o.id, kind: o.kind, step: o.step, channel: o.channel, personId: o.personId },
    decisionId: o.decisionId,
  });

/** What a due row claims; nothing when it has its end without being sent. */
async function claimOf(deps: ActivityDeps, tx: Tx, { known, o }: { known: Known; o: ObligationRow }, asOf: Date): Promise<NewClaim | undefined> {
  if (asOf > o.deadlineAt) {
    await setObligation(tx, o.id, { state: 'missed', reason: 'too-late', at: asOf });
    await addToTimeline(tx, {
      sessionId: o.sessionId,
      rev: o.rev,
      at: asOf,
      kind: 'message.missed',
      actor: 'lectern',
      data: { obligationId: o.id, kind: o.kind, step: o.step, personId: o.personId },
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
    if (composed.unreachable === OPTED_OUT) await tellOptOut(tx, o, asOf);
    await failOver(tx, o, composed.unreachable, asOf);
    return undefined;
  }
  return {
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
    shownWallTime: showsTime(known.messages, o.template) ? wallTimeOf(+known.session.startsAt, composed.zone) : null,
    claimedAt: asOf,
  };
}

/** Never throws: one port that is away must not leave what the others took unmarked. */
async function sendOrLookUp(port: MessagePort, { attempt, inDoubt }: Claimed, { organisationId }: SessionInput): Promise<End> {
  try {
    if (inDoubt) {
      const answer = await port.lookUp?.(attempt.effectKey, attempt.recipient);
      return answer?.found ? { end: 'accepted', ref: answer.ref } : { end: 'never-left' };
    }
    const message = {
      organisationId,
      key: attempt.effectKey,
      to: attempt.recipient,
      subject: attempt.subject,
      text: attempt.bodyText,
      html: attempt.bodyHtml,
    };
    return await port.send(message, AbortSignal.timeout(SEND_MS));
  } catch {
    return { end: 'in-doubt', error: inDoubt ? 'the provider could not be asked' : 'no answer' };
  }
}
