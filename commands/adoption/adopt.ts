import { endAdoption, endItem, findAdoption, setBookedSet, waitingSessions, type AdoptionRow, type ItemEnd } from '../../db/adoptions';
import { refreshNextDue } from '../../db/dispatch';
import { isPassing, type Tx } from '../../db/database';
import { lockSession, type SessionRow } from '../../db/sessions';
import { addToTimeline, wake } from '../../db/timeline';
import { decide } from '../../decisions/decide';
import { LecternError } from '../../domain/errors';
import { TERMINAL } from '../../domain/status';
import type { Context } from '../context';
import { writePlan } from '../replan';
import { affectedBy, countsOf, matchFor } from './match';

const NOTHING = { moved: 0, added: 0, takenBack: 0 };
const passed = (why: string): ItemEnd => ({ state: 'passed', why, ...NOTHING });

const isAhead = ({ status, startsAt }: SessionRow, asOf: Date): boolean => ['booked', 'ready'].includes(status) && startsAt > asOf;

async function takeTerms(ctx: Context, tx: Tx, session: SessionRow, { id, setId, startedBy }: AdoptionRow): Promise<void> {
  if ((await setBookedSet(tx, session.id, setId)) === 0) return;
  const line = { sessionId: session.id, rev: session.rev, at: ctx.asOf, actor: startedBy ?? ctx.principal.id };
  await addToTimeline(tx, { ...line, kind: 'terms.adopted', data: { adoptionId: id, setId } });
}

/** One session follows, on its lock: what it does is written with the end of its item. */
async function follow(ctx: Context, tx: Tx, session: SessionRow, adoption: AdoptionRow): Promise<ItemEnd> {
  if (TERMINAL.includes(session.status) || session.status === 'settling') return passed(`it is ${session.status}`);
  if (adoption.withTerms) await takeTerms(ctx, tx, session, adoption);
  if (!isAhead(session, ctx.asOf)) return adoption.withTerms ? { state: 'done', why: null, ...NOTHING } : passed('it has begun');
  const cause = { reason: 'rules-changed' as const, asOf: ctx.asOf };
  const replanned = await matchFor(tx, session, { ask: decide, at: adoption.startedAt, asOf: ctx.asOf });
  await writePlan(tx, session, replanned, cause);
  await refreshNextDue(tx, session.id);
  await wake(tx, session.id);
  return { state: 'done', why: null, ...countsOf(affectedBy(replanned.matched)) };
}

/** Who follows what is done. */
export interface Watching {
  done: () => void;
  /** A fault of ours, which keeps one session from following and no other. */
  failed: (error: unknown, sessionId: string) => void;
}

async function adoptOne(ctx: Context, adoption: AdoptionRow, sessionId: string, told: Watching): Promise<void> {
  try {
    await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const session = await lockSession(tx, sessionId);
      await endItem(tx, adoption.id, sessionId, await follow(ctx, tx, session, adoption), ctx.asOf);
    });
  } catch (error) {
    if (isPassing(error)) throw error;
    const isOurs = !(error instanceof LecternError);
    if (isOurs) told.failed(error, sessionId);
    const end: ItemEnd = { state: 'failed', why: isOurs ? 'something went wrong on our side; the log has it' : error.message, ...NOTHING };
    await ctx.db.inOrganisation(ctx.organisationId, (tx) => endItem(tx, adoption.id, sessionId, end, ctx.asOf));
  }
}

/**
 * The next sessions of an adoption, each a transaction of its own; how many real ms to rest before the next ones, null when it is over. Safe to
 * repeat because an item ends in the transaction that does what it says.
 */
export async function adoptSome(ctx: Context, adoptionId: string, told: Watching): Promise<number | null> {
  const { adoption, ids } = await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const found = await findAdoption(tx, adoptionId);
    return { adoption: found, ids: found?.state === 'running' ? await waitingSessions(tx, adoptionId, found.batch) : [] };
  });
  if (adoption?.state !== 'running') return null;
  for (const id of ids) {
    await adoptOne(ctx, adoption, id, told);
    told.done();
  }
  if (ids.length === adoption.batch) return Math.ceil((adoption.batch * 60_000) / adoption.perMinute);
  await ctx.db.inOrganisation(ctx.organisationId, (tx) => endAdoption(tx, adoptionId, ctx.asOf));
  return null;
}
