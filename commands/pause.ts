import { addAudit } from '../db/audit';
import { refreshNextDueOf } from '../db/dispatch';
import {
  activePauseOf,
  endPause,
  holdBrake,
  insertPause,
  lockPause,
  lockSessionsPaused,
  pauseById,
  pausesOver,
  suppressEachFor,
  waitingFor,
  type ListedPause,
  type WaitingRow,
} from '../db/pauses';
import { addToTimeline, wakeAll, type TimelineEntry } from '../db/timeline';
import type { Tx } from '../db/database';
import { POINTS } from '../decisions/points';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import { afterPause, type PauseScope } from '../domain/pauses';
import { CHANNELS } from '../domain/vocabulary';
import { SYSTEM, type Context } from './context';

export interface PauseInput {
  scope: PauseScope;
  value: string | null;
  reason: string;
  /** When it is released by itself. */
  until: Date | null;
}

const VALUES: Record<Exclude<PauseScope, 'all'>, readonly string[]> = {
  kind: POINTS['obligations']!.outcome['kind']!.values!,
  channel: CHANNELS,
  policy: Object.keys(POINTS),
};

function refuseUnknown({ scope, value, until }: PauseInput, asOf: Date): void {
  const faults: { path: string; message: string }[] = [];
  if (scope !== 'all' && !VALUES[scope].includes(value!)) faults.push({ path: scope, message: `must be one of: ${VALUES[scope].join(', ')}` });
  if (until && until <= asOf) faults.push({ path: 'until', message: 'must be in the future' });
  if (faults.length > 0) throw new LecternError('invalid-request', 'There is nothing to pause like that.', faults);
}

/**
 * Applies the brake. What falls due while it is applied waits; what a paused policy would decide waits for a person. A message whose
 * sending has begun goes its way: the answer says how many there are. Errors: `already-exists` (409, details give the id), `invalid-request`.
 */
export async function pause(ctx: Context, input: PauseInput): Promise<ListedPause> {
  refuseUnknown(input, ctx.asOf);
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const { scope, value, reason, until } = input;
    const id = newId();
    const { principal, asOf } = ctx;
    const row = { id, scope, value, reason, untilAt: until, pausedAt: asOf, pausedBy: principal.id, pausedByName: principal.name };
    if (!(await insertPause(tx, row))) {
      const there = await activePauseOf(tx, scope, value);
      throw new LecternError('already-exists', `It is paused already, by ${there?.pausedByName ?? 'somebody'}.`, { id: there?.id ?? null });
    }
    await holdBrake(tx);
    await addAudit(tx, ctx, 'ops.pause', 'pause', id, { scope, value, until: until?.toISOString() ?? null });
    return (await pauseById(tx, asOf, id))!;
  });
}

function entriesOf(waiting: WaitingRow[], ended: ReadonlySet<string>, by: { actor: string; at: Date }): TimelineEntry[] {
  const sessions = new Map(waiting.map((w) => [w.sessionId, w.rev]));
  return [...sessions].map(([sessionId, rev]) => {
    const own = waiting.filter((w) => w.sessionId === sessionId);
    const suppressed = own.filter((w) => ended.has(w.id)).length;
    return { sessionId, rev, at: by.at, kind: 'pause.released', actor: by.actor, data: { leave: own.length - suppressed, suppressed } };
  });
}

/** What waited collapses into what still makes sense, the sessions it concerned are due again, and their workflows are woken: all or nothing. */
async function release(ctx: Context, tx: Tx, id: string): Promise<void> {
  const { asOf, principal } = ctx;
  const sessionIds = await lockSessionsPaused(tx, id);
  const waiting = await waitingFor(tx, id, asOf);
  const ended = afterPause(waiting, asOf);
  await suppressEachFor(tx, ended, asOf);
  const by = principal.kind === 'system' ? null : principal.id;
  const byName = principal.kind === 'system' ? 'its own end' : principal.name;
  await endPause(tx, id, { at: asOf, by, byName, sent: waiting.length - ended.length, suppressed: ended.length });
  await refreshNextDueOf(tx, sessionIds);
  const entries = entriesOf(waiting, new Set(ended.map((e) => e.id)), { actor: by ?? 'lectern', at: asOf });
  await addToTimeline(tx, entries);
  await wakeAll(tx, sessionIds);
  await addAudit(tx, ctx, 'ops.release', 'pause', id, { sent: waiting.length - ended.length, suppressed: ended.length });
}

/** Takes the brake off. Safe to repeat: what is released already stays as it is. Errors: `not-found`. */
export async function releasePause(ctx: Context, id: string): Promise<ListedPause> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const locked = await lockPause(tx, id);
    if (!locked) throw notFound('pause', id);
    if (!locked.releasedAt) await release(ctx, tx, id);
    return (await pauseById(tx, ctx.asOf, id))!;
  });
}

/** Releases what was paused until an instant that has come. */
export async function releaseOver(ctx: Omit<Context, 'principal'>): Promise<void> {
  const over = await ctx.db.inOrganisation(ctx.organisationId, (tx) => pausesOver(tx, ctx.asOf));
  for (const { id } of over) await releasePause({ ...ctx, principal: SYSTEM }, id);
}
