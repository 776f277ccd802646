import { z } from 'zod';
import { CHANGE_KINDS, OBLIGATION_STATES } from '../../domain/vocabulary';
import { changeFieldFaults } from '../../domain/change-fields';
import { cursor, id, instant, instantIn, limit, longText, pageOf, shortText, version } from './common';

export const inWords = {
  sentence: z.string().meta({ description: 'The decision in one sentence.' }),
  because: z.string().nullable().meta({ description: 'Why, in the words of whoever wrote the rules, or what is not known.' }),
  nearest: z
    .string()
    .nullable()
    .meta({ description: 'What would have had to be otherwise for another answer.', example: 'It would have been reassign, asked by 16:05.' }),
  rows: z.array(z.unknown()).meta({ description: 'The rows of the policy in order, each with its conditions and the values they saw.' }),
  missing: z.array(z.string()).meta({ description: 'Facts that were missing.' }),
};

export const timelinePageSchema = pageOf(
  z
    .strictObject({
      id: z.string(),
      version,
      rev: z.int(),
      at: instant,
      kind: z.string().meta({ example: 'session.booked' }),
      actor: z.strictObject({ id: z.string(), name: z.string() }),
      data: z.unknown(),
      decision: z
        .strictObject({ id, point: z.string(), rule: z.string(), title: z.string(), sentence: inWords.sentence })
        .nullable()
        .meta({ description: "The rules' decision behind the entry, in a sentence; all of it at `/decisions?decisionId=…`." }),
    })
    .meta({ id: 'TimelineEntry' }),
  'TimelinePage',
);

export const decisionPageSchema = pageOf(
  z
    .strictObject({
      id,
      version,
      point: z.string(),
      subject: z.string(),
      rev: z.int(),
      seq: z.string(),
      asOf: instant,
      ruleSet: z.strictObject({ id, number: z.int() }),
      policyFile: z.string(),
      rule: z.string(),
      title: z.string(),
      facts: z.record(z.string(), z.unknown()),
      outcome: z.unknown(),
      say: z.record(z.string(), z.string()).nullable(),
      ...inWords,
    })
    .meta({ id: 'Decision' }),
  'DecisionPage',
);

export const obligationPageSchema = pageOf(
  z
    .strictObject({
      id,
      version,
      rev: z.int(),
      personId: id,
      personName: z.string(),
      aboutId: id.nullable(),
      kind: z.string(),
      step: z.string(),
      channel: z.string(),
      fallback: z.string().nullable(),
      template: z.string(),
      anchorAt: instant,
      dueAt: instant,
      deadlineAt: instant,
      state: z.enum(OBLIGATION_STATES),
      reason: z.string().nullable(),
      evidence: z.string().nullable().meta({ description: 'How we know: accepted, delivered or opened.' }),
      endedAt: instant.nullable(),
      heldStepId: id.nullable(),
      decisionId: id.nullable(),
      attempts: z.array(
        z.strictObject({
          id,
          channel: z.string(),
          n: z.int(),
          state: z.string(),
          claimedAt: instant,
          sentAt: instant.nullable(),
          error: z.string().nullable(),
        }),
      ),
    })
    .meta({ id: 'Obligation' }),
  'ObligationPage',
);

const sideOfChange = z.strictObject({
  startsAt: instant,
  endsAt: instant,
  status: z.string(),
  roomProvider: z.string().optional(),
  participantIds: z.array(id).optional(),
});
export const changePageSchema = pageOf(
  z
    .strictObject({
      id,
      version,
      rev: z.int(),
      kind: z.string(),
      reason: z.string().nullable(),
      before: sideOfChange,
      after: sideOfChange,
      compensates: z.array(z.string()),
      compensatedAt: instant.nullable(),
      decisionId: id.nullable(),
      madeBy: z.strictObject({ id, name: z.string() }).nullable(),
      madeAt: instant,
    })
    .meta({ id: 'Change' }),
  'ChangePage',
);

export const changeQuery = z.strictObject({
  preview: z.boolean().default(false).meta({ description: 'Gives verdict, charge and messages without doing it.' }),
});
export const historyQuery = z.strictObject({ limit, cursor });
export const decisionsQuery = historyQuery.extend({ decisionId: id.optional().meta({ description: 'This decision alone.' }) });

export const changeBody = z
  .strictObject({
    kind: z.enum(CHANGE_KINDS),
    reason: longText(1000).optional(),
    startsAt: instantIn.optional().meta({ description: 'For reschedule.' }),
    endsAt: instantIn.optional().meta({ description: 'For reschedule.' }),
    instructorId: id.optional().meta({ description: 'For reassign: who teaches from here on.' }),
    withSessionId: id.optional().meta({ description: 'For swap: the session that exchanges its instructor with this one.' }),
    studentId: id.optional().meta({ description: 'For add and drop.' }),
    provider: shortText(100).optional().meta({ description: 'For room: the provider of the new room; the same as before when left out.' }),
    rev: z.int().min(1).optional().meta({ description: 'The `rev` you looked at; a stale one is refused with the difference.' }),
    previewToken: shortText(500)
      .optional()
      .meta({ description: 'What the preview gave: refused as `stale`, with the difference, when the change would do something else by now.' }),
  })
  .superRefine((change, check) => {
    for (const { path, message } of changeFieldFaults(change)) check.addIssue({ code: 'custom', path: [path], message });
  })
  .meta({ id: 'MakeChange' });

const message = z.strictObject({ personId: id, kind: z.string(), step: z.string(), channel: z.string(), dueAt: instant });
const previewFields = {
  verdict: z.enum(['allow', 'hold', 'refuse']),
  why: z.string(),
  say: z.record(z.string(), z.string()).nullable(),
  rule: z.string(),
  charges: z
    .array(
      z.strictObject({
        studentId: id,
        percent: z.number(),
        amountMinor: z.int(),
        currency: z.string(),
        held: z.boolean().meta({ description: 'A coordinator will say whether anything is charged.' }),
      }),
    )
    .meta({ description: 'What the change itself costs, posted when the session is settled.' }),
  messages: z.array(message).meta({ description: 'What would be sent.' }),
  dropped: z.array(message).meta({ description: 'Planned messages that would not be sent.' }),
  conflicts: z.array(z.strictObject({ startsAt: instant, endsAt: instant, personId: id })),
  previewToken: z.string().meta({ description: 'Send it with the change, and what was previewed is what is done, or nothing.' }),
};
export const changePreview = z.strictObject(previewFields).meta({ id: 'ChangePreview' });
export const changeResult = z
  .strictObject({ ...previewFields, sessionId: id, rev: z.int(), status: z.string(), heldStepId: id.nullable() })
  .meta({ id: 'ChangeResult' });
