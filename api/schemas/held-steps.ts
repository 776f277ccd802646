import { z } from 'zod';
import { allowedActions, cursor, id, instant, limit, longText, pageOf, shortText, version } from './common';
import { inWords } from './history';

export const heldStepsQuery = z.strictObject({
  state: z.enum(['open', 'decided', 'expired', 'withdrawn']).optional(),
  sessionId: id.optional(),
  snoozed: z.boolean().optional().meta({ description: 'true: only steps that rest; false: only those that do not.' }),
  limit,
  cursor,
});

const fields = {
  id,
  version,
  hash: z.string().meta({ description: 'Of what is shown; goes with the decision.' }),
  kind: z.string(),
  subject: z.string(),
  state: z.enum(['open', 'decided', 'expired', 'withdrawn']),
  session: z.strictObject({ id, title: z.string(), startsAt: instant }),
  rev: z.int(),
  audience: z.enum(['instructor', 'coordinator']),
  assignee: z.strictObject({ id, name: z.string() }).nullable(),
  reason: z.string(),
  options: z.array(z.string()),
  defaultOption: z.string().nullable().meta({ description: 'What happens at the deadline when nobody decides.' }),
  openedAt: instant,
  remindAt: instant.nullable(),
  escalateAt: instant.nullable(),
  escalatedAt: instant.nullable(),
  deadlineAt: instant.nullable(),
  decided: z
    .strictObject({
      decision: z.string().nullable(),
      by: z.strictObject({ id: id.nullable(), name: z.string() }),
      at: instant.nullable(),
      comment: z.string().nullable(),
    })
    .nullable(),
  decisionId: id.nullable().meta({ description: "The rules' decision that held the step." }),
  claim: z
    .strictObject({ by: z.strictObject({ id, name: z.string() }), since: instant, isYours: z.boolean() })
    .nullable()
    .meta({ description: 'Who looks after it. It binds nobody.' }),
  snooze: z
    .strictObject({
      until: instant.nullable(),
      event: z.string().nullable(),
      personId: id.nullable(),
      since: instant,
      by: z.string(),
      isOver: z.boolean().meta({ description: 'Its time or its event has come.' }),
    })
    .nullable(),
  allowedActions,
};
export const noteItem = z
  .strictObject({
    id,
    kind: z.enum(['comment', 'contact']),
    text: z.string().nullable(),
    contact: z.strictObject({ person: z.strictObject({ id, name: z.string() }), channel: z.string(), outcome: z.string(), at: instant }).nullable(),
    writtenAt: instant,
    author: z.strictObject({ id, name: z.string() }),
  })
  .meta({ id: 'HeldStepNote' });
export const heldStepItem = z.strictObject(fields).meta({ id: 'HeldStep' });
export const heldStepPageSchema = pageOf(heldStepItem, 'HeldStepPage');

export const heldStepDetail = z
  .strictObject({
    ...fields,
    shown: z.unknown().meta({ description: 'What the decision is about; `hash` is of exactly this.' }),
    people: z.array(z.strictObject({ id, name: z.string() })).meta({ description: 'Whom the step is about, or `shown` names by their id.' }),
    drafts: z.array(
      z.strictObject({
        id,
        document: z.enum(['summary', 'parent-update']),
        n: z.int(),
        origin: z.enum(['model', 'extractive', 'person', 'notes']),
        content: z.unknown(),
        hash: z.string(),
        model: z.string().nullable(),
        refusedBecause: z.string().nullable(),
        createdAt: instant,
      }),
    ),
    evidence: z.array(
      z.strictObject({ at: instant, kind: z.string(), person: z.strictObject({ id, name: z.string() }).nullable(), source: z.string() }),
    ),
    notes: z.array(noteItem).meta({ description: 'Comments and contact attempts, the oldest first.' }),
    decision: z.strictObject({ id, point: z.string(), rule: z.string(), title: z.string(), ...inWords }).nullable(),
  })
  .meta({ id: 'HeldStepDetail' });

const document = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown()), z.string().max(50_000)]);
export const decideBody = z
  .strictObject({
    version: z.int().min(1).meta({ description: '`version` of the step as you saw it.' }),
    hash: z.string().min(1).max(128).meta({ description: '`hash` of the step as you saw it.' }),
    decision: shortText(100).meta({ description: "One of the step's options.", example: 'approve' }),
    comment: longText(2000).optional(),
    answers: z
      .strictObject({ covered: longText(2000), practise: longText(2000).optional(), homework: longText(2000).optional() })
      .optional()
      .meta({ description: 'To the questions of a step that shows `questions`, with the decision `notes`.' }),
    edited: z
      .strictObject({ summary: document.optional(), update: document.optional() })
      .optional()
      .meta({ description: 'Edited documents of a review, each whole; an update in every language that it was shown in.' }),
  })
  .meta({ id: 'Decide' });

export const decideResult = z
  .strictObject({
    id,
    state: z.literal('decided'),
    kind: z.string(),
    decision: z.string(),
    decidedBy: z.string(),
    decidedAt: instant,
    sessionId: id,
    claimedBy: z.strictObject({ name: z.string(), since: instant }).nullable().meta({ description: 'A colleague who had claimed it.' }),
  })
  .meta({ id: 'DecideResult' });
