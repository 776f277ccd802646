import { z } from 'zod';
import { ADOPTION_STATES } from '../../db/adoptions';
import { id, instant, instantIn, pageOf, shortText, version } from './common';
import { principal } from './rules';

const selection = {
  programme: shortText(100).optional(),
  branch: shortText(100).optional(),
  subject: shortText(100).optional(),
  from: instantIn.optional().meta({ description: 'Lessons that start from then on.' }),
  until: instantIn.optional().meta({ description: 'Lessons that start before then.' }),
};
export const applyTermsBody = z
  .strictObject({
    number: z.int().min(1).max(1_000_000_000).meta({ description: 'Of the set in force, whose terms are taken.' }),
    where: z.strictObject(selection).optional().meta({ description: 'Which lessons; all that are not settled when left out.' }),
  })
  .meta({ id: 'ApplyTerms' });
export const applyTermsResult = z
  .strictObject({ id: id.nullable().meta({ description: 'Of the adoption; null where no lesson is meant.' }) })
  .meta({ id: 'AppliedTerms' });

const adoptionFields = {
  id,
  version,
  ruleSetId: id,
  number: z.int().meta({ description: 'Of the rule set that is followed.' }),
  withTerms: z.boolean().meta({ description: 'Lessons also take the set as the one that they were booked under.' }),
  where: z.strictObject({ ...selection, from: instant.optional(), until: instant.optional() }),
  decisionId: id.meta({ description: 'Which said how fast.' }),
  perMinute: z.int(),
  state: z
    .enum(ADOPTION_STATES)
    .meta({ description: '`superseded`: another set came into force before it was through, and looks at all lessons again.' }),
  startedAt: instant,
  startedBy: principal,
  endedAt: instant.nullable(),
  sessions: z.int(),
  waiting: z.int(),
  failed: z.int(),
  messages: z.strictObject({ moved: z.int(), added: z.int(), takenBack: z.int() }),
};
export const adoptionPageSchema = pageOf(z.strictObject(adoptionFields).meta({ id: 'Adoption' }), 'AdoptionPage');
export const wholeAdoptionSchema = z
  .strictObject({
    ...adoptionFields,
    failures: z.array(z.strictObject({ sessionId: id, why: z.string() })).meta({ description: 'The first hundred.' }),
  })
  .meta({ id: 'WholeAdoption' });

const affected = z.strictObject({
  kind: z.string(),
  step: z.string(),
  personId: id,
  aboutId: id.nullable(),
  from: instant.nullable().meta({ description: 'When it was to go; null for one that is new.' }),
  to: instant.nullable().meta({ description: 'When it goes; null for one that goes no more.' }),
});
export const adoptionPreviewSchema = z
  .strictObject({
    sessions: z.int().meta({ description: 'How many lessons follow.' }),
    looked: z.int().meta({ description: 'How many of them were looked at: of many the first 500.' }),
    affected: z.int(),
    moved: z.int(),
    added: z.int(),
    takenBack: z.int(),
    cases: z
      .array(z.strictObject({ sessionId: id, title: z.string(), startsAt: instant, messages: z.array(affected) }))
      .meta({ description: 'The first twenty.' }),
  })
  .meta({ id: 'AdoptionPreview' });
