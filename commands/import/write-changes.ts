import { refreshNextDue } from '../../db/dispatch';
import { hushNotices, revsOf } from '../../db/import/sessions';
import type { Tx } from '../../db/database';
import { LecternError } from '../../domain/errors';
import { changeIn } from '../change';
import { refuseImpossible } from '../changes/refuse';
import type { Context } from '../context';
import { QUIETLY } from '../quiet';
import type { ChangedSession } from './changed-sessions';
import type { Faults } from './types';

const REMEDIES: Readonly<Record<string, string>> = {
  'slot-clash': 'give one of the two another time; where lessons exchange times or people, bring one of them in first',
  'refused-by-policy': 'leave the row as it was, or mend the change policy',
};

/**
 * Lessons that are another in their file are changed as anybody changes them: the rules decide, what they hold waits for a coordinator,
 * and who is concerned is told unless the import is quiet. What is refused is a fault of its row. Gives how many changes are held, and the rev
 * of each lesson afterwards.
 */
export async function writeChanges(
  ctx: Context,
  tx: Tx,
  list: readonly ChangedSession[],
  { quiet, faults }: { quiet: boolean; faults: Faults },
): Promise<{ held: number; revs: ReadonlyMap<string, number> }> {
  let held = 0;
  const before = await revsOf(
    tx,
    list.map((s) => s.id),
  );
  for (const { id, at, inputs } of list) {
    for (const { column, input } of inputs) {
      try {
        refuseImpossible(id, input, ctx.asOf);
        const { heldStepId } = await changeIn(ctx, tx, id, { ...input, reason: 'imported' });
        if (heldStepId !== null) held++;
      } catch (error) {
        if (!(error instanceof LecternError) || error.code === 'internal') throw error;
        faults.add(at, column, { fault: error.message, remedy: REMEDIES[error.code] ?? 'leave the row as it was, or change the lesson in Lectern' });
      }
    }
    if (!quiet || inputs.length === 0) continue;
    await hushNotices(tx, { sessionId: id, sinceRev: before.get(id)!, reason: QUIETLY, at: ctx.asOf });
    await refreshNextDue(tx, id);
  }
  const revs = await revsOf(
    tx,
    list.map((s) => s.id),
  );
  return { held, revs };
}
