import { insertBatch } from '../../db/batches';
import { findClosure, insertClosure, removeClosure } from '../../db/closures';
import { addAudit } from '../../db/audit';
import { peopleById } from '../../db/people';
import type { Tx } from '../../db/database';
import { decide, preview } from '../../decisions/decide';
import { LecternError, notFound } from '../../domain/errors';
import { newId } from '../../domain/ids';
import { differenceSince, previewTokenOf } from '../../domain/preview-token';
import type { Context } from '../context';
import { considerClosure, describeSession, whoIsTold, type Closed, type ConsideredSession, type PreviewedSession } from './consider';

export interface ClosureInput {
  from: Date;
  to: Date;
  reason: string;
  /** Of a branch only. */
  branch?: string | undefined;
  /** Time off of one person. */
  personId?: string | undefined;
}

export interface ClosurePreview {
  sessions: PreviewedSession[];
  /** Each is told once of all of it. */
  told: { personId: string; lessons: number }[];
  previewToken: string;
}

const LONGEST_MS = 370 * 86_400_000;

async function closedBy(ctx: Context, tx: Tx, input: ClosureInput): Promise<Closed> {
  const faults: { path: string; message: string }[] = [];
  if (input.to <= input.from) faults.push({ path: 'to', message: 'must be after from' });
  else if (input.to <= ctx.asOf) faults.push({ path: 'to', message: 'is in the past' });
  if (+input.to - +input.from > LONGEST_MS) faults.push({ path: 'to', message: 'must be at most 370 days after from' });
  if (faults.length > 0) throw new LecternError('invalid-request', 'The times of this closure are not valid.', faults);
  if (input.personId) {
    const [person] = await peopleById(tx, [input.personId]);
    if (!person || !['student', 'instructor'].includes(person.kind)) throw notFound('student or instructor', input.personId);
  }
  return { id: newId(), personId: input.personId?.toLowerCase() ?? null, branch: input.branch ?? null, startsAt: input.from, endsAt: input.to };
}

/** What a family goes by: what becomes of each session, what it costs, and who is told. */
const shownOf = (sessions: PreviewedSession[], told: ClosurePreview['told']): Record<string, unknown> => ({
  sessions: sessions.map((s) => [s.sessionId, s.verdict, s.newStartsAt]),
  charges: sessions.map((s) => s.charges),
  told,
});

async function describe(tx: Tx, considered: ConsideredSession[]): Promise<ClosurePreview> {
  const sessions: PreviewedSession[] = [];
  for (const c of considered) sessions.push(await describeSession(tx, c));
  const told = await whoIsTold(tx, considered);
  return { sessions, told, previewToken: previewTokenOf(shownOf(sessions, told)) };
}

/** What a closure or time off would do with every session that it falls on. Writes nothing. */
export const previewClosure = (ctx: Context, input: ClosureInput): Promise<ClosurePreview> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => describe(tx, await considerClosure(ctx, tx, await closedBy(ctx, tx, input), preview)));

/**
 * Closes a time: nothing is booked in it from now on, and what is there is moved, cancelled or held in one batch, which goes on by itself.
 * Errors: `stale` when its preview would say something else now, `not-found`, `invalid-request`.
 */
export function makeClosure(
  ctx: Context,
  input: ClosureInput & { previewToken?: string | undefined },
): Promise<{ closureId: string; batchId: string }> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const closed = await closedBy(ctx, tx, input);
    const considered = await considerClosure(ctx, tx, closed, decide);
    const { sessions, told } = await describe(tx, considered);
    const difference = input.previewToken === undefined ? [] : differenceSince(input.previewToken, shownOf(sessions, told));
    if (difference.length > 0) throw new LecternError('stale', 'What this closure would do is not what its preview showed.', { difference });
    await insertClosure(tx, { ...closed, reason: input.reason, createdBy: ctx.principal.id, createdAt: ctx.asOf });
    const batchId = newId();
    const items = considered.flatMap(({ session, change, decision }, n) =>
      change ? [{ n, sessionId: session.id, rev: session.rev, change, decisionId: decision.id }] : [],
    );
    const cause = closed.personId ? 'time-off' : 'closure';
    await insertBatch(tx, { id: batchId, cause, causeId: closed.id, reason: input.reason, madeBy: ctx.principal.id, madeAt: ctx.asOf }, items);
    await addAudit(tx, ctx, 'closure.create', 'closure', closed.id, { sessions: items.length });
    return { closureId: closed.id, batchId };
  });
}

/** Opens a time again. What was moved or cancelled for it stays so: nobody is told twice of one lesson without somebody having said so. */
export async function reopen(ctx: Context, closureId: string): Promise<{ closureId: string }> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const found = await findClosure(tx, closureId);
    if (!found) throw notFound('closure', closureId);
    await removeClosure(tx, closureId, ctx.asOf);
    await addAudit(tx, ctx, 'closure.remove', 'closure', closureId, {});
    return { closureId };
  });
}
