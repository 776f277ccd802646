import { z } from 'zod';
import { FACT_KINDS } from '../../policy/facts/types';
import { id, instant, shortText } from './common';

const value = z.union([z.boolean(), z.number(), z.string()]).nullable();
const fact = {
  fact: z.string().meta({ example: 'lateCancelsThisTerm' }),
  kind: z.enum(FACT_KINDS),
  type: z.string().meta({ description: 'As a policy takes it: `integer`, `boolean`, `duration`, …' }),
  unit: z.string().nullable(),
  meaning: z.strictObject({ en: z.string(), de: z.string() }),
};

export const factsSchema = z
  .strictObject({
    items: z.array(
      z
        .strictObject({
          ...fact,
          example: value.meta({ description: 'As a rule file writes it.' }),
          points: z.array(z.string()).meta({ description: 'The decision points whose policies may name it.' }),
        })
        .meta({ id: 'DeclaredFact' }),
    ),
  })
  .meta({ id: 'DeclaredFacts' });

export const factQuery = z.strictObject({
  fact: shortText(64).meta({ description: 'The name of a fact that the rules in force declare.', example: 'lateCancelsThisTerm' }),
  personId: id.optional().meta({ description: 'The student or instructor of whom it is asked, where it is of one.' }),
  sessionId: id.optional().meta({
    description: 'The session that would be decided on: its term, its start; what happened on it is not counted. A deadline needs one.',
  }),
});
export const factValue = z
  .strictObject({
    ...fact,
    person: z.strictObject({ id, name: z.string() }).nullable(),
    sessionId: id.nullable(),
    value: value.meta({ description: 'Durations in milliseconds; null when it is not known.' }),
    sentence: z.string().meta({ example: 'lateCancelsThisTerm for Maya = 2: 3 Oct, 19 Oct' }),
    counted: z
      .array(z.strictObject({ sessionId: id.nullable(), title: z.string().nullable(), day: z.iso.date() }))
      .meta({ description: 'What a counter counted, the earliest first, by the day in the organisation’s calendar.' }),
    deadlineAt: instant.nullable().meta({ description: 'The deadline that it was held against.' }),
  })
  .meta({ id: 'DeclaredFactValue' });
