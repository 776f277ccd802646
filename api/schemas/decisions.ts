import { z } from 'zod';
import { id, instant, version } from './common';
import { ruleFiles } from './rules';

const explanation = {
  title: z.string(),
  policyFile: z.string(),
  rule: z.string().meta({ description: 'The row that applied; `otherwise`, `onMissing` or `paused`.' }),
  outcome: z.unknown(),
  outcomeWords: z.string().meta({ example: 'verdict no-show, next hold' }),
  facts: z.record(z.string(), z.unknown()).meta({ description: 'In evaluated form: durations in milliseconds, clock times in minutes.' }),
  sentence: z.string(),
  because: z.string().nullable().meta({ description: 'Why, as a coordinator reads it.' }),
  say: z.record(z.string(), z.string()).nullable().meta({ description: 'Why, as a family reads it, by language.' }),
  rows: z.array(
    z.strictObject({
      rule: z.string(),
      result: z.enum(['true', 'false', 'unknown']),
      conditions: z.array(z.strictObject({ text: z.string(), holds: z.enum(['true', 'false', 'unknown']) })),
    }),
  ),
  missing: z.array(z.string()).meta({ description: 'Facts that were not known.' }),
  nearest: z
    .string()
    .nullable()
    .meta({ description: 'What would have had to be otherwise for another answer.', example: 'It would have been reassign, asked by 16:05.' }),
};
export const decisionItem = z
  .strictObject({ id, version, sessionId: id.nullable(), point: z.string(), subject: z.string(), asOf: instant, ruleSetId: id, ...explanation })
  .meta({ id: 'WholeDecision' });
export const whatIfBody = z
  .strictObject({
    facts: z
      .record(z.string().min(1).max(100), z.union([z.null(), z.boolean(), z.number(), z.string().max(500), z.array(z.string().max(500)).max(100)]))
      .optional()
      .meta({ description: 'Facts in the place of the recorded ones, as a rule file writes them ("20m"); null for not known.' }),
    draftId: id.optional().meta({ description: 'A draft in the place of the rules that decided.' }),
    rules: z.strictObject(ruleFiles).optional().meta({ description: 'Rule files in their place.' }),
  })
  .meta({ id: 'WhatIf' });
export const whatIfResult = z
  .strictObject({
    differs: z.boolean(),
    notRecorded: z.array(z.string()).meta({ description: 'Facts that these rules need and that were not recorded.' }),
    ...explanation,
  })
  .meta({ id: 'WhatIfAnswer' });
