import { claimChange, endBatch, endItem, findBatch, itemsOf, lockBatch, markHeld, type BatchItemRow, type BatchRow } from '../db/batches';
import { withdrawHeldStepsOf } from '../db/held-steps';
import { holdSeriesOf } from '../db/series';
import { lockSession, participantsOf, type SessionRow } from '../db/sessions';
import { pgCode, type Tx } from '../db/database';
import { decide } from '../decisions/decide';
import { LecternError } from '../domain/errors';
import { AHEAD, CHANGEABLE } from '../domain/status';
import type { Json } from '../policy/types';
import { holdItem } from './batches/hold';
import { partsOf } from './batches/parts';
import { tellTogether, TOLD_TOGETHER } from './batches/tell';
import { holdChange } from './changes/held-change';
import { searchInstead, stillCovered } from './closures/cover';
import { rebook } from './closures/rebook';
import { refuseUnchangeable } from './changes/refuse';
import { applySeveral, type DecidedChange } from './changes/several';
import { tooMuchBy } from './changes/too-much';
import { describeLesson } from './series/describe-lesson';
import type { Words } from './series/wanted-lesson';
import type { Context } from './context';

/** What a batch does is done in the name of whoever asked for it. */
const inTheNameOf = (ctx: Context, batch: BatchRow): Context => ({ ...ctx, principal: { ...ctx.principal, id: batch.madeBy ?? ctx.principal.id } });

/** The batch of an item, and its session locked; an edit that comes meanwhile waits, and one that came first has taken the item over. */
async function lockItem(tx: Tx, item: BatchItemRow): Promise<{ batch: BatchRow; session: SessionRow }> {
  const batch = (await findBatch(tx, item.batchId))!;
  if (batch.cause === 'series') await holdSeriesOf(tx, item.sessionId);
  return { batch, session: await lockSession(tx, item.sessionId) };
}

async function make(ctx: Context, tx: Tx, item: BatchItemRow): Promise<void> {
  const { batch, session } = await lockItem(tx, item);
  if (!(await endItem(tx, item, { state: 'done', why: null, at: ctx.asOf }))) return;
  const by = inTheNameOf(ctx, batch);
  if (hasBegun(session, ctx.asOf) && item.change.hasBegun !== true)
    throw new LecternError('illegal-move', 'The lesson has begun meanwhile, and goes on as it is.');
  const words = item.change.words as Words | undefined;
  if (words && isChangeable(session)) await describeLesson(by, tx, session, words);
  if (item.change.kind === 'hold') return write(by, tx, { batch, item, session });
  if (!['search', 'rebook'].includes(item.change.kind))
    for (const { input } of partsOf(item, batch.reason).slice(0, 1)) refuseUnchangeable(session, input);
  if (session.rev !== item.rev) throw new LecternError('stale', 'The session has changed since this was previewed.');
  // What an earlier edit asked of it is asked no more.
  if (batch.cause === 'series') await withdrawHeldStepsOf(tx, session.id, ['series-occurrence'], ctx.asOf);
  const isCovered = item.change.kind === 'reassign' && batch.cause === 'time-off' && !item.change.restores;
  const now = isCovered ? await stillCovered({ ctx, tx, batch, session, item }) : item;
  const why = batch.cause === 'series' || item.change.restores ? null : await tooMuchOf(by, tx, session, now);
  await (why === null ? write(by, tx, { batch, session, item: now }) : hold(by, tx, { batch, session, item: now, why }));
}

/** Nobody is given more by a closure than the rules allow: its own policy does not look at the weeks of those concerned. */
async function tooMuchOf(ctx: Context, tx: Tx, session: SessionRow, item: BatchItemRow): Promise<string | null> {
  if (!['reschedule', 'reassign'].includes(item.change.kind)) return null;
  const [{ input }] = partsOf(item, null) as [DecidedChange];
  const before = { session, participants: await participantsOf(tx, session.id) };
  return (await tooMuchBy({ ctx, tx, input, before }, decide))?.why ?? null;
}

/** Does what an item says. What changes nothing by itself (a question, a search, a lesson that stays) is told of when it does. */
async function write(by: Context, tx: Tx, { batch, session, item }: Omit<Held, 'why'>): Promise<void> {
  const { kind } = item.change;
  if (kind === 'keep') return;
  if (kind === 'hold') return hold(by, tx, { batch, item, session, why: item.why ?? wordsOf(item.change.why) ?? 'The rules leave it to a person.' });
  if (kind === 'search') return searchInstead({ ctx: by, tx, batch, item, session });
  if (kind === 'rebook') return rebook(by, tx, session, item);
  const before = session.rev;
  const parts = partsOf(item, batch.reason);
  if (parts.length > 0) await applySeveral(by, tx, session, parts);
  for (let rev = before + 1; rev <= session.rev; rev++) {
    await claimChange(tx, { batchId: batch.id, sessionId: session.id, rev }, `${TOLD_TOGETHER}:${batch.id}`, by.asOf);
  }
}

const TRIES = 3;
const isChangeable = ({ status }: SessionRow): boolean => AHEAD.includes(status);
const hasBegun = ({ status, startsAt }: SessionRow, asOf: Date): boolean => CHANGEABLE.includes(status) && startsAt <= asOf;
const wordsOf = (why: Json | undefined): string | null => (typeof why === 'string' ? why : null);

interface Held {
  batch: BatchRow;
  item: BatchItemRow;
  session: SessionRow;
  why: string;
}

async function hold(ctx: Context, tx: Tx, { batch, item, session, why }: Held): Promise<void> {
  await markHeld(tx, item, why);
  if (batch.cause === 'series') await withdrawHeldStepsOf(tx, session.id, ['series-occurrence'], ctx.asOf);
  if (item.change.asks !== 'approval') return holdItem(ctx, tx, { batch, item, session, why });
  for (const { input, decisionId } of partsOf(item, batch.reason)) {
    await holdChange(ctx, tx, session, input, { because: decisionId!, terms: decisionId! });
  }
}

/**
 * Makes one change of a batch, in the transaction that ends its item: so a kill in the middle of a batch loses none and makes none twice. What
 * cannot be made any more waits for a person, and the others go on; a session that is over by now needs nothing.
 */
export async function changeItem(ctx: Context, item: BatchItemRow): Promise<void> {
  // Who was to stand in may be booked in the very moment; then the next best is looked for.
  const tries = item.change.kind === 'reassign' ? TRIES : 1;
  for (let n = 1; ; n++) {
    try {
      return await ctx.db.inOrganisation(ctx.organisationId, (tx) => make(ctx, tx, item));
    } catch (error) {
      const isClash = pgCode(error) === '23P01' || (error instanceof LecternError && error.code === 'slot-clash');
      if (isClash && n < tries) continue;
      if (!isClash && !(error instanceof LecternError)) throw error;
      const why = pgCode(error) === '23P01' ? 'Somebody on it has another lesson then.' : (error as Error).message;
      return refuse(ctx, item, why);
    }
  }
}

async function refuse(ctx: Context, item: BatchItemRow, why: string): Promise<void> {
  await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const { batch, session } = await lockItem(tx, item);
    if (!(await endItem(tx, item, { state: 'refused', why, at: ctx.asOf }))) return;
    if (!isChangeable(session) || hasBegun(session, ctx.asOf)) return;
    await hold(inTheNameOf(ctx, batch), tx, { batch, item, session, why });
  });
}

/** The end of a batch: everybody concerned is told once of all that was changed for them. Safe to repeat: it ends once. */
export async function finishBatch(ctx: Context, batchId: string): Promise<void> {
  await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const batch = await lockBatch(tx, batchId);
    if (batch?.state !== 'running') return;
    const items = await itemsOf(tx, batchId);
    if (items.some((i) => i.state === 'waiting')) throw new Error(`Batch ${batchId} has changes that wait.`);
    await tellTogether(ctx, tx, batch);
    await endBatch(tx, batchId, ctx.asOf);
  });
}
