import type { ActivityDeps, SessionInput } from '../../activities/deps';
import { composeMessage, type Composed } from '../../activities/compose';
import { markEnds, type End } from '../../activities/ends';
import { readKnown } from '../../activities/known';
import { claimAttempts, lockDue, refreshNextDue, setObligation, type Sending } from '../../db/dispatch';
import type { ObligationRow } from '../../db/obligations';
import { holdSession } from '../../db/sessions';
import { viewOf, type SessionView } from '../../db/view';
import { newId } from '../../domain/ids';
import { tzdataVersion } from '../../domain/time';

/**
 * How messages would leave without claims: what is due is sent, and only then written down. It stands here to show that the week's
 * verdict finds what comes of it, and is wired by the worker of `simulate --chaos --without-claims` alone.
 */
export async function dispatchUnclaimed(deps: ActivityDeps, input: SessionInput): Promise<SessionView> {
  const asOf = new Date(input.asOf);
  const { organisationId, sessionId } = input;
  const composed = await deps.db.inOrganisation(organisationId, async (tx) => {
    const [due, known] = await Promise.all([lockDue(tx, sessionId, asOf, 100), readKnown(tx, sessionId)]);
    const list: { o: ObligationRow; message: Composed }[] = [];
    for (const o of due) list.push({ o, message: await composeMessage(deps, tx, known, o) });
    return list;
  });
  const sent: { o: ObligationRow; attempt: Sending; result: End }[] = [];
  for (const { o, message } of composed) {
    if (!('recipient' in message)) continue;
    const { recipient, subject, text, html } = message;
    const effectKey = `${o.id}.${o.channel}`;
    const result = await deps.ports[o.channel].send(
      { organisationId, key: effectKey, to: recipient, subject, text, html },
      AbortSignal.timeout(10_000),
    );
    const attempt = { id: newId(), obligationId: o.id, sessionId, channel: o.channel, effectKey, recipient, subject, bodyText: text, bodyHtml: html };
    sent.push({ o, attempt, result });
  }
  return deps.db.inOrganisation(organisationId, async (tx) => {
    await holdSession(tx, sessionId);
    for (const { o, message } of composed) {
      if ('suppress' in message) await setObligation(tx, o.id, { state: 'suppressed', reason: message.suppress, at: asOf });
      if ('unreachable' in message) await setObligation(tx, o.id, { state: 'missed', reason: message.unreachable, at: asOf });
    }
    const claims = sent.map(({ o, attempt }) => ({
      ...attempt,
      personId: o.personId,
      zone: 'UTC',
      tzdata: tzdataVersion(),
      shownWallTime: null,
      claimedAt: asOf,
    }));
    await claimAttempts(tx, claims, 1);
    await markEnds(tx, sent, asOf);
    await refreshNextDue(tx, sessionId);
    return viewOf(tx, sessionId);
  });
}
