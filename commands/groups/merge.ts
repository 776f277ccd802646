import { lockPeople, participantsOf, type SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { applyChange } from '../apply-change';
import type { Context } from '../context';

/**
 * The students of a group go on in another, both locked: the group is cancelled, so that their time is free, and each is added there. Each
 * family is told once, by the notice of the group that is no more; the other one's confirmation would say the same.
 */
export async function merge(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { into, decisionId }: { into: SessionRow; decisionId: string },
): Promise<void> {
  const there = await participantsOf(tx, session.id);
  const students = there.filter((p) => p.role === 'student');
  // Before its slots are let go: whoever closes a time waits for them behind the locks that its people are about to ask for.
  await lockPeople(
    tx,
    [...there, ...(await participantsOf(tx, into.id))].map((p) => p.personKey),
  );
  await applyChange(ctx, tx, session, { kind: 'cancel', intoSessionId: into.id }, decisionId);
  for (const { personId } of students) {
    await applyChange(ctx, tx, into, { kind: 'add', studentId: personId, fromSessionId: session.id }, decisionId);
  }
}
