import { countMeant, insertAdoption, supersede, type Meant, type Selection } from '../../db/adoptions';
import { addAudit } from '../../db/audit';
import { insertDecision } from '../../db/decisions';
import { newestSet, type RuleSetRow } from '../../db/rule-sets';
import type { Tx } from '../../db/database';
import { answer, announce } from '../../decisions/decide';
import { answers, loadSet, type LoadedSet } from '../../decisions/rule-sets';
import { LecternError, noRules } from '../../domain/errors';
import { newId } from '../../domain/ids';
import type { PolicyDocument } from '../../policy/types';
import { idOf, type Context } from '../context';

type Content = RuleSetRow['content'];

/** What lays out messages: the plans, and the facts that they may name. */
const layingOut = ({ policies, facts = [] }: Content): string =>
  JSON.stringify([policies.filter(({ text }) => (JSON.parse(text.replace(/^\ufeff/, '')) as PolicyDocument).policy === 'obligations'), facts]);

/** Whether rules that come into force lay out messages otherwise than those before them. */
export const laysOutAnew = (before: Content, after: Content): boolean => layingOut(before) !== layingOut(after);

/** How fast, as the set itself says. One from before this was asked says nothing: then nobody follows, as was so then. */
async function pace(tx: Tx, set: LoadedSet, adoptionId: string, { sessions, withTerms, asOf }: { sessions: number; withTerms: boolean; asOf: Date }) {
  const { decision, row } = answer(set, {
    point: 'adoption',
    sessionId: null,
    subject: adoptionId,
    rev: 1,
    seq: 'begin',
    facts: { sessions, withTerms },
    labels: { programme: null, branch: null, subject: null },
    bookedSetId: null,
    asOf,
  });
  await insertDecision(tx, row);
  announce(row);
  const within = (value: unknown, most: number): number => Math.min(Math.max(Math.round(Number(value)), 1), most);
  return { decisionId: decision.id, batch: within(decision.outcome.batch, 500), perMinute: within(decision.outcome.perMinute, 100_000) };
}

/** Begins an adoption within the transaction of whoever asks for it; null where no session is meant, or the set says nothing of it. */
async function begin(tx: Tx, ctx: Context, setId: string, { withTerms, selection }: Omit<Meant, 'asOf'>): Promise<string | null> {
  const set = await loadSet(tx, setId);
  const sessions = await countMeant(tx, { withTerms, selection, asOf: ctx.asOf });
  if (sessions === 0 || !answers(set, 'adoption')) return null;
  const id = newId();
  const how = await pace(tx, set, id, { sessions, withTerms, asOf: ctx.asOf });
  await insertAdoption(tx, { id, setId, withTerms, selection, ...how, startedAt: ctx.asOf, startedBy: idOf(ctx.principal) });
  await addAudit(tx, ctx, withTerms ? 'rules.apply' : 'rules.adopt', 'adoption', id, {
    setId,
    sessions,
    selection: { ...selection } as Record<string, string>,
  });
  return id;
}

/** What a publish leads to: every lesson that is still to come has its messages laid out by the new rules. */
export async function followPublish(tx: Tx, ctx: Context, set: { id: string; before: Content; content: Content }): Promise<string | null> {
  if (!laysOutAnew(set.before, set.content)) return null;
  await supersede(tx, ctx.asOf);
  return begin(tx, ctx, set.id, { withTerms: false, selection: {} });
}

/**
 * Lessons that are booked take the terms in force: their price stays what was agreed, and what a change, a charge or their pay comes to is decided
 * by the set in force from here on. `number`: that set, as whoever asks knows it. Null where no lesson is meant. Errors: `no-rules`, `stale` when
 * another set is in force.
 */
export function applyTerms(ctx: Context, { number, selection }: { number: number; selection: Selection }): Promise<string | null> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const newest = await newestSet(tx);
    if (!newest) throw noRules();
    if (newest.number !== number)
      throw new LecternError('stale', `Set ${newest.number} is in force, not ${number}.`, [{ path: '/number', now: newest.number }]);
    return begin(tx, ctx, newest.id, { withTerms: true, selection });
  });
}
