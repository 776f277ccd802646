import { countMeant, meantAfter } from '../../db/adoptions';
import { findSession } from '../../db/sessions';
import { newestSet, type RuleSetRow } from '../../db/rule-sets';
import { previewBy } from '../../decisions/decide';
import { POINTS } from '../../decisions/points';
import { noRules } from '../../domain/errors';
import { compileRuleSet } from '../../policy/ruleset';
import type { Context } from '../context';
import { affectedBy, countsOf, matchFor, type Affected, type Counts } from './match';
import { laysOutAnew } from './begin';

export interface AdoptionPreview extends Counts {
  /** How many sessions follow, how many of them were looked at, and of how many messages differ. */
  sessions: number;
  looked: number;
  affected: number;
  /** Those that differ, the first of them. */
  cases: { sessionId: string; title: string; startsAt: Date; messages: Affected[] }[];
}

const PAGE = 50;

/**
 * What a publish would do to the messages of lessons that are booked, by the code that does it; nothing is written and nobody kept waiting. `told`
 * is called with how many have been looked at. Errors: `no-rules`.
 */
export async function previewAdoption(
  ctx: Context,
  content: RuleSetRow['content'],
  { most, upTo = Infinity, told = () => undefined }: { most: number; upTo?: number; told?: (done: number, of: number) => void },
): Promise<AdoptionPreview> {
  const meant = { withTerms: false, selection: {}, asOf: ctx.asOf };
  const { before, sessions } = await ctx.db.inOrganisation(ctx.organisationId, async (tx) => ({
    before: (await newestSet(tx))?.content,
    sessions: await countMeant(tx, meant),
  }));
  if (!before) throw noRules();
  const result: AdoptionPreview = { sessions, looked: 0, affected: 0, moved: 0, added: 0, takenBack: 0, cases: [] };
  if (!laysOutAnew(before, content)) return { ...result, sessions: 0 };
  const ask = previewBy({ id: 'preview', compiled: compileRuleSet(content, POINTS), messages: content.messages });
  let after: string | null = null;
  for (;;) {
    const page: string[] = await ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const ids = await meantAfter(tx, meant, after, PAGE);
      for (const id of ids) {
        const session = (await findSession(tx, id))!;
        const messages = affectedBy((await matchFor(tx, session, { ask, at: ctx.asOf, asOf: ctx.asOf })).matched);
        if (messages.length === 0) continue;
        const counts = countsOf(messages);
        result.affected += 1;
        for (const key of ['moved', 'added', 'takenBack'] as const) result[key] += counts[key];
        if (result.cases.length < most) result.cases.push({ sessionId: id, title: session.title, startsAt: session.startsAt, messages });
      }
      return ids;
    });
    result.looked += page.length;
    told(result.looked, sessions);
    if (page.length < PAGE || result.looked >= upTo) return result;
    after = page.at(-1)!;
  }
}
