import { decisionById } from '../db/decisions';
import { refreshNextDue, setObligation } from '../db/dispatch';
import { obligationById, reopenObligation } from '../db/obligations';
import { peopleById } from '../db/people';
import type { Tx } from '../db/database';
import { channelsFor } from '../domain/plan';
import type { Json } from '../policy/types';
import { asRecipient } from './plan';
import { stepOf } from './retime';

/**
 * A person has a held message sent once more, at once, by the channels that its step and its reader have now. It makes sense for as
 * long from now as the message plan gave it when it was due.
 */
export async function resend(tx: Tx, obligationId: string, asOf: Date): Promise<void> {
  const o = (await obligationById(tx, obligationId))!;
  const outcomes = ((o.decisionId && (await decisionById(tx, o.decisionId))?.outcome) ?? []) as Json;
  const [person] = await peopleById(tx, [o.personId]);
  const step = person && stepOf({ ...o, outcomes }, person);
  const lasts = step?.deadline ?? +o.deadlineAt - +o.dueAt;
  const [channel, fallback] = step ? channelsFor(step, asRecipient(person, step.to, o.aboutId)) : [o.channel, o.fallback];
  const until = new Date(Math.max(+o.deadlineAt, +asOf + lasts));
  await reopenObligation(tx, o.id, { at: asOf, until, channel, fallback });
  await refreshNextDue(tx, o.sessionId);
}

/** A person leaves a held message unsent. */
export const leave = (tx: Tx, obligationId: string, asOf: Date): Promise<void> =>
  setObligation(tx, obligationId, { state: 'suppressed', reason: 'left-by-person', at: asOf });
