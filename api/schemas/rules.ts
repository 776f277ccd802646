import { z } from 'zod';
import { PUBLISHED_AS } from '../../commands/publish-rules';
import { DRAFT_STATES } from '../../db/rule-drafts';
import { allowedActions, id, instant, instantIn, longText, pageOf, version } from './common';

const ruleFile = z.strictObject({
  file: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/, 'must be a file name, with / between folders'),
  text: z.string().max(200_000),
});
export const ruleFiles = {
  policies: z.array(ruleFile).max(1000),
  messages: z.array(ruleFile).max(500),
  inbound: z.array(ruleFile).max(100).optional().meta({ description: 'Mappings of senders of webhooks; left out, those in force stay.' }),
  facts: z.array(ruleFile).max(200).optional().meta({ description: 'Facts that the set declares by itself; left out, those in force stay.' }),
  automations: z.array(ruleFile).max(200).optional().meta({ description: 'Reactions to events; left out, those in force stay.' }),
};
export const checkRulesBody = z.strictObject(ruleFiles).meta({ id: 'CheckRules' });
const message = longText(1000).refine((m) => m.trim() !== '', 'must say what changes and why');
const effectiveFrom = instantIn
  .optional()
  .meta({ description: 'In force from then on; at once when left out.', example: '2027-01-11T08:00:00+01:00' });
export const publishRulesBody = z.strictObject({ ...ruleFiles, message, effectiveFrom }).meta({ id: 'PublishRules' });
export const rollbackBody = z
  .strictObject({
    number: z.int().min(1).max(1_000_000_000).optional().meta({ description: 'The earlier set; the one before the set in force when left out.' }),
    message,
    effectiveFrom,
  })
  .meta({ id: 'RollbackRules' });
export const draftRulesBody = z.strictObject({ ...ruleFiles, message }).meta({ id: 'DraftRules' });
export const draftVersionBody = z.strictObject({ version: z.int().min(1).max(1_000_000_000) }).meta({ id: 'RuleDraftVersion' });
export const fault = z
  .strictObject({ code: z.string(), file: z.string(), rule: z.string().nullable(), path: z.string(), message: z.string(), suggestion: z.string() })
  .meta({ id: 'RuleFault' });
export const checkResult = z.strictObject({ ok: z.boolean(), faults: z.array(fault) }).meta({ id: 'RulesCheck' });
export const differences = z.strictObject({ current: z.array(z.string()), booked: z.array(z.string()) }).meta({
  id: 'RuleDifferences',
  description: '`current`: in force for everything from the next question on. `booked`: what was booked before keeps its own terms.',
  example: { current: ['no-show.student: grace 15 → 20 minutes'], booked: ['change: lateShare 50 → 80'] },
});
export const publishResult = z
  .strictObject({
    state: z.enum(PUBLISHED_AS),
    id: id.meta({ description: 'Of the set; of the draft where it is proposed or scheduled.' }),
    number: z.int().nullable(),
    hash: z.string(),
    diff: differences,
    effectiveFrom: instant.nullable(),
  })
  .meta({ id: 'PublishedRules' });
export const principal = z.strictObject({ id, name: z.string() }).nullable();
const ruleSetFields = {
  id,
  version,
  number: z.int(),
  hash: z.string(),
  message: z.string(),
  publishedAt: instant,
  publishedBy: principal.meta({ description: 'The author; null for the command line without a key.' }),
  approvedBy: principal.meta({ description: 'The second person, where the rules asked for one.' }),
  effectiveFrom: instant,
  rollsBackTo: z.int().nullable().meta({ description: 'The number of the earlier set that it took back into force.' }),
  active: z.boolean(),
};
export const ruleSetPageSchema = pageOf(z.strictObject(ruleSetFields).meta({ id: 'RuleSet' }), 'RuleSetPage');
export const wholeRuleSetSchema = z
  .strictObject({ ...ruleSetFields, diff: differences.nullable().meta({ description: 'To the set before; null for the first.' }), ...ruleFiles })
  .meta({ id: 'WholeRuleSet' });

const draftFields = {
  id,
  version,
  state: z.enum(DRAFT_STATES),
  hash: z.string(),
  message: z.string(),
  author: principal,
  createdAt: instant,
  effectiveFrom: instant.nullable(),
  rollsBackTo: z.int().nullable(),
  approvedBy: principal,
  ruleSetId: id.nullable().meta({ description: 'The set that it became.' }),
  endedBy: principal,
  endedAt: instant.nullable(),
  reason: z.string().nullable().meta({ description: 'Why it could not come into force.' }),
  allowedActions,
};
export const draftPageSchema = pageOf(z.strictObject(draftFields).meta({ id: 'RuleDraft' }), 'RuleDraftPage');
export const wholeDraftSchema = z
  .strictObject({ ...draftFields, diff: differences.meta({ description: 'To the set in force.' }), ...ruleFiles })
  .meta({ id: 'WholeRuleDraft' });
