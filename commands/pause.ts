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
  type PauseRow,
  type WaitingRow,
} from '../db/pauses';
import { addToTimeline, wakeAll, type TimelineEntry } from '../db/timeline';
import type { Tx } from '../db/database';
import { decide, isAnswered } from '../decisions/decide';
import { POINTS } from '../decisions/points';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import { afterPause, lessonIs, PAUSABLE_CHANNELS, type PauseScope, type Waiting } from '../domain/pauses';
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
  channel: PAUSABLE_CHANNELS,
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
  const sessions = new Map<string, WaitingRow[]>();
  for (const w of waiting) (sessions.get(w.sessionId) ?? sessions.set(w.sessionId, []).get(w.sessionId)!).push(w);
  return [...sessions].map(([sessionId, own]) => {
    const { rev } = own[0]!;
    const suppressed = own.filter((w) => ended.has(w.id)).length;
    return { sessionId, rev, at: by.at, kind: 'pause.released', actor: by.actor, data: { leave: own.length - suppressed, suppressed } };
  });
}

/**
 * What nobody needs any more of all that waited, as the `release` policy says of each kind and each state of a lesson: some few decisions,
 * however much waited. A rule set of before that policy drops nothing.
 */
async function pointless(tx: Tx, pause: PauseRow, waiting: readonly WaitingRow[], asOf: Date): Promise<(w: Waiting) => boolean> {
  const labels = { programme: null, branch: null, subject: null };
  const dropped = new Set<string>();
  const keyOf = (w: Waiting): string => `${w.kind}:${lessonIs(w, asOf)}`;
  if (waiting.length === 0 || !(await isAnswered(tx, 'release', labels))) return () => false;
  for (const seq of new Set(waiting.map(keyOf))) {
    const [kind, lesson] = seq.split(':') as [string, string];
    const facts = { kind, lesson, pausedFor: +asOf - +pause.pausedAt };
    const of = { sessionId: null, bookedSetId: null, rev: pause.version, labels, asOf };
    const { outcome } = await decide(tx, { point: 'release', subject: pause.id, seq, facts, ...of });
    if (outcome.verdict === 'drop') dropped.add(seq);
  }
  return (w) => dropped.has(keyOf(w));
}

/** What waited collapses into what still makes sense, the sessions it concerned are due again, and their workflows are woken: all or nothing. */
async function release(ctx: Context, tx: Tx, pause: PauseRow): Promise<void> {
  const { asOf, principal } = ctx;
  const { id } = pause;
  const sessionIds = await lockSessionsPaused(tx, id);
  const waiting = await waitingFor(tx, id, asOf);
  const ended = afterPause(waiting, asOf, await pointless(tx, pause, waiting, asOf));
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
    if (!locked.releasedAt) await release(ctx, tx, locked);
    return (await pauseById(tx, ctx.asOf, id))!;
  });
}

/** Releases what was paused until an instant that has come. */
export async function releaseOver(ctx: Omit<Context, 'principal'>): Promise<void> {
  const over = await ctx.db.inOrganisation(ctx.organisationId, (tx) => pausesOver(tx, ctx.asOf));
  for (const { id } of over) await releasePause({ ...ctx, principal: SYSTEM }, id);
}
