import { decisionById } from '../db/decisions';
import { obligationById, reopenObligation } from '../db/obligations';
import { peopleById } from '../db/people';
import type { Tx } from '../db/database';
import type { Json } from '../policy/types';
import { stepOf } from './retime';

/** A person has a held message sent once more, at once. It makes sense for as long from now as the message plan gave it when it was due. */
export async function resend(tx: Tx, obligationId: string, asOf: Date): Promise<void> {
  const o = (await obligationById(tx, obligationId))!;
  const outcomes = ((o.decisionId && (await decisionById(tx, o.decisionId))?.outcome) ?? []) as Json;
  const [person] = await peopleById(tx, [o.personId]);
  const lasts = (person && stepOf({ ...o, outcomes }, person)?.deadline) ?? +o.deadlineAt - +o.dueAt;
  await reopenObligation(tx, o.id, { at: asOf, until: new Date(Math.max(+o.deadlineAt, +asOf + lasts)) });
}
