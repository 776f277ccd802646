import { z } from 'zod';
import { DRAFT_STATES } from '../../db/rule-drafts';
import { SHADOW_ENDS } from '../../db/rule-shadows';
import { allowedActions, id, instant, instantIn, pageOf, version } from './common';
import { decisionItem, whatIfResult } from './decisions';
import { disagreement, programme, said } from './rule-backtests';
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

const report = z
  .strictObject({ ...disagreement, waiting: z.int().meta({ description: 'Decided, and not looked at yet.' }) })
  .meta({ id: 'RuleShadowReport' });
export const wholeShadowSchema = z.strictObject({ ...shadowFields, report }).meta({ id: 'WholeRuleShadow' });

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
