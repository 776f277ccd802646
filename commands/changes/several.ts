import { deferSlots } from '../../db/participants';
import { peopleById } from '../../db/people';
import { conflictsOf, lockPeople, participantsOf, type SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { decide, preview, type Ask } from '../../decisions/decide';
import { applyChange, closuresOver, refuseClash, takenUntil, writeChange, type Ready } from '../apply-change';
import type { Context } from '../context';
import type { ChangeInput } from '../types';
import { afterOf, movingOf } from '.';
import { considerChange, type Considered } from './consider';
import type { Before } from './kind';
import { refuseUnchangeable } from './refuse';

type Conflicts = Awaited<ReturnType<typeof conflictsOf>>;

/** Several changes of one session as one thing: each is considered as the one before it leaves the session. */
export async function considerSeveral(
  ctx: Context,
  tx: Tx,
  before: Before,
  { inputs, ask }: { inputs: ChangeInput[]; ask: Ask },
): Promise<Considered[]> {
  if (ask !== preview) await lockAllOf(tx, before.session, inputs);
  const considered: Considered[] = [];
  let now = before;
  for (const input of inputs) {
    refuseUnchangeable(now.session, input);
    const one = await considerChange({ ctx, tx, input, before: now }, ask);
    considered.push(one);
    now = { session: one.after.session, participants: one.after.participants };
  }
  return considered;
}

/** What is in the way of a session as several changes leave it; between them nobody is anywhere. */
export async function conflictsOfSeveral(
  tx: Tx,
  list: Pick<Ready, 'changing' | 'after'>[],
  exceptSessionIds: readonly string[] = [],
): Promise<Conflicts> {
  const last = list.at(-1);
  if (!last || last.changing.input.kind === 'cancel') return [];
  const { session, participants } = last.after;
  const isMoved = list.some((c) => c.changing.input.kind === 'reschedule');
  const joined = new Set(list.flatMap((c) => c.after.joins.map((p) => p.personId)));
  const taking = isMoved ? participants : participants.filter((p) => joined.has(p.personId));
  if (taking.length === 0) return [];
  const keys = taking.map((p) => p.personKey);
  const taken = await conflictsOf(tx, keys, session.startsAt, takenUntil(session), [session.id, ...exceptSessionIds]);
  return [...taken, ...(await closuresOver(tx, session, taking))];
}

export interface DecidedChange {
  input: ChangeInput;
  decisionId: string | null;
}

/** Whoever is concerned by several changes, locked at once: one after the other they would be locked in another order than somebody else's. */
async function lockAllOf(tx: Tx, session: SessionRow, inputs: readonly ChangeInput[]): Promise<void> {
  const ids = inputs.flatMap((input) => [input.instructorId, input.studentId].filter((id) => id !== undefined));
  const joining = await peopleById(tx, ids);
  const there = await participantsOf(tx, session.id);
  await lockPeople(tx, [...new Set([...joining.map((p) => p.key), ...there.map((p) => p.personKey)])]);
}

/**
 * Writes several decided changes of a locked session, one after the other. Only where it ends anybody has to be free: an instructor who takes
 * over a lesson that moves as well need not be free at its old time. Errors: `slot-clash`, `illegal-move`, `not-found`.
 */
export async function applySeveral(ctx: Context, tx: Tx, session: SessionRow, parts: DecidedChange[]): Promise<void> {
  const [only, ...more] = parts;
  if (only && more.length === 0) return applyChange(ctx, tx, session, only.input, only.decisionId);
  await lockAllOf(
    tx,
    session,
    parts.map((p) => p.input),
  );
  await deferSlots(tx);
  const written: Ready[] = [];
  for (const { input, decisionId } of parts) {
    refuseUnchangeable(session, input);
    const changing = { ctx, tx, input, before: { session: { ...session }, participants: await participantsOf(tx, session.id) } };
    const after = await afterOf(changing, await movingOf(changing), decide);
    const ready = { changing, after, decisionId };
    await writeChange(ready);
    Object.assign(session, after.session);
    written.push(ready);
  }
  refuseClash(await conflictsOfSeveral(tx, written));
}
