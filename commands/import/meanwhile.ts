import { closuresFrom, lockClosures, type ClosureRow } from '../../db/closures';
import { takenFrom, type Taken } from '../../db/import/sessions';
import type { Tx } from '../../db/database';
import { LecternError } from '../../domain/errors';
import { Load } from './load';
import type { SessionsCheck } from './sessions';

/** What lessons were checked against, some time ago by now. */
export interface Checked {
  closures: readonly ClosureRow[];
  /** Who of the lessons is known here, and when they were taken. */
  personIds: readonly string[];
  taken: readonly Taken[];
  caps: ConstructorParameters<typeof Load>[1];
  check: SessionsCheck;
}

const again = (what: string): LecternError => new LecternError('slot-clash', `${what} Nothing was brought in; run it again.`);
const idsOf = (list: readonly ClosureRow[]): string => list.map((c) => `${c.id} ${c.version}`).join();
const keyOf = (t: Taken): string => `${t.sessionId} ${t.personId}`;

/**
 * Said last: from here on nobody takes a slot or closes a time before this is committed. Bookings go on while an import is checked and
 * written, which takes minutes; what they have changed is asked for here, and is only in the way of a lesson that the rules would say
 * something else of. Two that want one slot never get as far: the database refuses the later. Throws `slot-clash`.
 */
export async function refuseMeanwhile(tx: Tx, { closures, personIds, taken, caps, check }: Checked, asOf: Date): Promise<void> {
  await lockClosures(tx);
  if (idsOf(await closuresFrom(tx, asOf)) !== idsOf(closures)) throw again('A time was closed or opened while lessons were brought in.');
  if (check.created.length === 0 || personIds.length === 0) return;
  const before = new Set(taken.map(keyOf));
  const ours = new Set([...check.created.map((s) => s.asked.id), ...check.changed.map((s) => s.id)]);
  const meanwhile = (await takenFrom(tx, personIds, asOf)).filter((t) => !ours.has(t.sessionId) && !before.has(keyOf(t)));
  if (meanwhile.length > 0 && !check.isAdmittedBeside(meanwhile, new Load([...taken, ...meanwhile], caps)))
    throw again('Somebody was booked while lessons were brought in, and the rules say something else of a lesson now.');
}
