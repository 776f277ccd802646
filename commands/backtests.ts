import { addAudit } from '../db/audit';
import { backtestUnderWay, endBacktest, insertBacktest, lockBacktest } from '../db/rule-backtests';
import { draftById } from '../db/rule-drafts';
import { lockPublishing } from '../db/rule-sets';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import { idOf, type Context } from './context';
import { refuseFaults } from './publish-rules';

const DAY_MS = 24 * 3_600_000;
/** How far back it goes when nobody says, as on the command line. */
const USUAL_MS = 30 * DAY_MS;

export interface BacktestWish {
  draftId: string;
  /** Business time; thirty days ago when left out. */
  since?: Date | undefined;
  /** How many of those that differ are named. */
  cases: number;
}

/** Asks for a back-test of a draft; a worker does it. Errors: `already-exists` while another one is under way, `invalid-rules`. */
export function startBacktest(ctx: Context, { draftId, since, cases }: BacktestWish): Promise<string> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    await lockPublishing(tx);
    const draft = await draftById(tx, draftId);
    if (!draft) throw notFound('draft', draftId);
    const other = await backtestUnderWay(tx);
    if (other) {
      const { id, askedAt } = other;
      throw new LecternError('already-exists', `A back-test has been under way since ${askedAt.toISOString()}: wait for it, or cancel it.`, {
        id,
        askedAt,
      });
    }
    refuseFaults(draft.content);
    const id = newId();
    await insertBacktest(tx, { id, draftId, since: since ?? new Date(+ctx.asOf - USUAL_MS), cases, askedBy: idOf(ctx.principal), askedAt: ctx.asOf });
    await addAudit(tx, ctx, 'rules.backtest', 'rule-backtest', id, { draftId });
    return id;
  });
}

/** Whoever does it hears of it within a second. Errors: `already-decided` when it is over. */
export function cancelBacktest(ctx: Context, id: string): Promise<void> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const backtest = await lockBacktest(tx, id);
    if (!backtest) throw notFound('back-test', id);
    const { state, endedAt: at } = backtest;
    if (at) throw new LecternError('already-decided', `Back-test ${id} is ${state} since ${at.toISOString()}.`, { state, at });
    await endBacktest(tx, id, { state: 'cancelled', endedAt: ctx.asOf, endedBy: idOf(ctx.principal) });
    await addAudit(tx, ctx, 'rules.backtest-cancel', 'rule-backtest', id);
  });
}
