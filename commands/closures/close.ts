import { insertClosure } from '../../db/closures';
import { addAudit } from '../../db/audit';
import { peopleById } from '../../db/people';
import type { Tx } from '../../db/database';
import { LecternError, notFound } from '../../domain/errors';
import { newId } from '../../domain/ids';
import type { Context } from '../context';
import { closing } from './closing';
import { considerClosure, decideConsidered, type Closed } from './consider';
import { describe, refuseStale, type ClosurePreview } from './describe';
import { layBatch } from './lay-batch';

export interface ClosureInput {
  from: Date;
  to: Date;
  reason: string;
  /** Of a branch only. */
  branch?: string | undefined;
  /** Time off of one person. */
  personId?: string | undefined;
}

const LONGEST_MS = 370 * 86_400_000;

/** Errors: `invalid-request`. */
export function checkTimes({ asOf }: Context, { from, to }: Pick<ClosureInput, 'from' | 'to'>): void {
  const faults: { path: string; message: string }[] = [];
  if (to <= from) faults.push({ path: 'to', message: 'must be after from' });
  else if (to <= asOf) faults.push({ path: 'to', message: 'is in the past' });
  if (+to - +from > LONGEST_MS) faults.push({ path: 'to', message: 'must be at most 370 days after from' });
  if (faults.length > 0) throw new LecternError('invalid-request', 'The times of this closure are not valid.', faults);
}

async function closedBy(ctx: Context, tx: Tx, input: ClosureInput): Promise<Closed> {
  checkTimes(ctx, input);
  if (input.personId) {
    const [person] = await peopleById(tx, [input.personId]);
    if (!person || !['student', 'instructor'].includes(person.kind)) throw notFound('student or instructor', input.personId);
  }
  return { id: newId(), personId: input.personId?.toLowerCase() ?? null, branch: input.branch ?? null, startsAt: input.from, endsAt: input.to };
}

/** What a closure or time off would do with every session that it falls on. Writes nothing. */
export const previewClosure = (ctx: Context, input: ClosureInput): Promise<ClosurePreview> =>
  closing(ctx, async ({ tx, falling }) => {
    const closed = await closedBy(ctx, tx, input);
    return describe(tx, await considerClosure(ctx, tx, closed, await falling(closed)));
  });

/**
 * Closes a time: nothing is booked in it from now on, and what is there is moved, given to another instructor, cancelled or held in one
 * batch, which goes on by itself. Errors: `stale` when its preview would say something else now, `not-found`, `invalid-request`.
 */
export const makeClosure = (
  ctx: Context,
  input: ClosureInput & { previewToken?: string | undefined },
): Promise<{ closureId: string; batchId: string }> =>
  closing(ctx, async ({ tx, falling, settle }) => {
    const closed = await closedBy(ctx, tx, input);
    const found = await considerClosure(ctx, tx, closed, await falling(closed));
    refuseStale(input.previewToken, input.previewToken === undefined ? null : await describe(tx, found));
    await settle();
    const considered = await decideConsidered(tx, found);
    await insertClosure(tx, { ...closed, reason: input.reason, createdBy: ctx.principal.id, createdAt: ctx.asOf });
    const batchId = await layBatch(ctx, tx, closed, { reason: input.reason, items: considered });
    await addAudit(tx, ctx, 'closure.create', 'closure', closed.id, { sessions: considered.length });
    return { closureId: closed.id, batchId };
  });
