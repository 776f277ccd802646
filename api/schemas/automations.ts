import { z } from 'zod';
import { AUTOMATION_EVENT_NAMES, AUTOMATION_STEPS, EACH, RUN_STATES } from '../../domain/automation';
import { allowedActions, cursor, id, instant, limit, pageOf, version } from './common';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const facts = z.record(z.string(), z.unknown());

export const automationsSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        name,
        title: z.string(),
        description: z.string(),
        enabled: z.boolean().meta({ description: 'One that is not never runs; it can be tried.' }),
        on: z.enum(AUTOMATION_EVENT_NAMES).or(z.string()),
        each: z.enum(EACH).or(z.string()),
      }),
    ),
  })
  .meta({ id: 'Automations' });

const runFields = {
  id,
  version,
  automation: z.string(),
  ruleSetId: id.meta({ description: 'The set that was in force when its event happened; all of the run goes by it.' }),
  event: z.string(),
  sessionId: id,
  personId: id.nullable().meta({ description: 'Whom it is about; null where it is about the session as such.' }),
  at: instant.meta({ description: 'When its event happened.' }),
  causedBy: id.nullable().meta({ description: 'The run of which a step was the event.' }),
  depth: z.int().meta({ description: 'How many automations lie before it.' }),
  state: z.enum(RUN_STATES),
  reason: z.string().nullable().meta({ description: 'What stopped it: a rule of the policy `automation`, or facts that are not known.' }),
  dueAt: instant.nullable().meta({ description: 'Until when it waits at most.' }),
  endedAt: instant.nullable(),
  allowedActions,
};
export const runItem = z.strictObject(runFields).meta({ id: 'AutomationRun' });
export const runPage = pageOf(runItem, 'AutomationRunPage');
export const wholeRun = z
  .strictObject({
    ...runFields,
    facts: facts.nullable().meta({ description: 'What its condition was asked with; durations in ms.' }),
    decisionId: id.nullable(),
    steps: z.array(
      z.strictObject({
        step: z.string(),
        kind: z.enum(AUTOMATION_STEPS),
        state: z.enum(['waiting', 'done', 'skipped']),
        answer: z.string().nullable().meta({ description: 'What somebody answered, or whether what it waited for has happened.' }),
        detail: facts,
        heldStepId: id.nullable(),
        begunAt: instant,
        dueAt: instant.nullable(),
        endedAt: instant.nullable(),
      }),
    ),
  })
  .meta({ id: 'WholeAutomationRun' });
export const runsQuery = z.strictObject({
  state: z.enum(RUN_STATES).optional().meta({ description: 'Left out: all but those whose condition did not hold.' }),
  automation: name.optional(),
  sessionId: id.optional(),
  personId: id.optional(),
  limit,
  cursor,
});
export const cancelRunBody = z
  .strictObject({ version: z.int().min(1).max(1_000_000_000).meta({ description: 'The version that you have read.' }) })
  .meta({ id: 'CancelAutomationRun' });

export const tryBody = z
  .strictObject({
    automation: name.meta({ description: 'One of the set in force, switched on or not.', example: 'third-no-show' }),
    sessionId: id,
    personId: id.optional().meta({ description: 'Left out, everybody for whom there would be a run.' }),
    facts: z
      .record(z.string().max(60), z.union([z.string().max(200), z.number(), z.boolean(), z.null(), z.array(z.string().max(200)).max(100)]))
      .optional()
      .meta({ description: 'Facts that are taken to be other than they are, written as in an example.', example: { noShowsLately: 2 } }),
    answers: z
      .record(z.string().max(60), z.string().max(60))
      .optional()
      .meta({ description: 'What people answer, and what a wait for an event ends with, by step.', example: { call: 'called' } }),
  })
  .meta({ id: 'TryAutomation' });
export const tryResult = z
  .strictObject({
    items: z.array(
      z.strictObject({
        personId: id.nullable(),
        answer: z.enum(['run', 'not-met', 'stopped']),
        reason: z.string().nullable(),
        facts,
        steps: z.array(z.strictObject({ step: z.string(), kind: z.enum(AUTOMATION_STEPS), words: z.string(), answer: z.string().nullable() })),
      }),
    ),
  })
  .meta({ id: 'TriedAutomation' });

export const marksQuery = z
  .strictObject({ sessionId: id.optional(), personId: id.optional() })
  .refine((q) => (q.sessionId === undefined) !== (q.personId === undefined), 'names either sessionId or personId');
export const marksSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        id,
        kind: z.enum(['tag', 'note']),
        sessionId: id.nullable(),
        personId: id.nullable(),
        tag: z.string().nullable(),
        words: z.record(z.string(), z.string()).nullable().meta({ description: 'Of a note, by language.' }),
        runId: id,
        at: instant,
      }),
    ),
  })
  .meta({ id: 'AutomationMarks' });
