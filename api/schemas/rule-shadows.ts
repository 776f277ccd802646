import { z } from 'zod';
import { DRAFT_STATES } from '../../db/rule-drafts';
import { SHADOW_ENDS } from '../../db/rule-shadows';
import { allowedActions, id, instant, instantIn, pageOf, version } from './common';
import { decisionItem, whatIfResult } from './decisions';
import { principal } from './rules';

export const startShadowBody = z.strictObject({ draftId: id }).meta({ id: 'StartRuleShadow' });
const versionIn = z.int().min(1).max(1_000_000_000);
export const shadowVersionBody = z.strictObject({ version: versionIn }).meta({ id: 'RuleShadowVersion' });
export const promoteShadowBody = z
  .strictObject({ version: versionIn, effectiveFrom: instantIn.optional().meta({ description: 'In force from then on; at once when left out.' }) })
  .meta({ id: 'PromoteRuleShadow' });
export const explanationQuery = z.strictObject({ shadowId: id.optional().meta({ description: 'The newest one when left out.' }) });

const shadowFields = {
  id,
  version,
  draftId: id,
  draftMessage: z.string(),
  draftState: z.enum(DRAFT_STATES),
  startedAt: instant,
  startedBy: principal.meta({ description: 'Null for the command line without a key.' }),
  endedAt: instant.nullable(),
  endedBy: principal,
  endedAs: z.enum(SHADOW_ENDS).nullable().meta({ description: 'Null as long as it goes on.' }),
  reason: z.string().nullable().meta({ description: 'Why it failed.' }),
  allowedActions,
};
export const shadowPageSchema = pageOf(z.strictObject(shadowFields).meta({ id: 'RuleShadow' }), 'RuleShadowPage');

const count = z.int();
const programme = z.string().nullable();
const moved = z.strictObject({ point: z.string(), was: z.string(), is: z.string(), decisions: count });
/** What a draft makes of decisions; a back-test says more of them. */
export const disagreement = {
  decisions: count.meta({ description: 'How many it was asked about.' }),
  differ: count.meta({ description: 'The outcome would be another one.' }),
  otherRule: count.meta({ description: 'The same outcome, by another rule.' }),
  unjudged: count.meta({ description: 'Could not be judged; `whyUnjudged` says why.' }),
  whyUnjudged: z.array(z.strictObject({ why: z.string(), decisions: count })),
  byPoint: z.array(z.strictObject({ point: z.string(), decisions: count, differ: count, unjudged: count })),
  byProgramme: z.array(z.strictObject({ programme, decisions: count, differ: count })),
  byRule: z.array(moved),
  byOutcome: z.array(moved),
};
const report = z
  .strictObject({ ...disagreement, waiting: count.meta({ description: 'Decided, and not looked at yet.' }) })
  .meta({ id: 'RuleShadowReport' });
export const wholeShadowSchema = z.strictObject({ ...shadowFields, report }).meta({ id: 'WholeRuleShadow' });

const said = z.strictObject({ rule: z.string(), outcome: z.string() });
const difference = z
  .strictObject({
    id: id.meta({ description: 'Of the decision.' }),
    version,
    sessionId: id.nullable(),
    point: z.string(),
    programme,
    asOf: instant,
    was: said,
    is: said,
  })
  .meta({ id: 'RuleShadowDifference' });
export const differencePageSchema = pageOf(difference, 'RuleShadowDifferencePage');
export const bothExplanations = z.strictObject({ recorded: decisionItem, draft: whatIfResult }).meta({ id: 'RuleShadowExplanation' });
