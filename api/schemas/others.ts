import { z } from 'zod';
import { ROLES } from '../../domain/vocabulary';
import { cursor, id, instant, limit, longText, pageOf, version } from './common';

export const messagesQuery = z.strictObject({ sessionId: id.optional(), personId: id.optional(), limit, cursor });
export const messagePageSchema = pageOf(
  z
    .strictObject({
      id,
      version,
      sessionId: id,
      obligationId: id,
      obligationState: z.string(),
      evidence: z.string().nullable(),
      to: z.strictObject({ personId: id, name: z.string(), address: z.string() }),
      kind: z.string(),
      step: z.string(),
      channel: z.string(),
      n: z.int().meta({ description: 'The how-manieth attempt it is.' }),
      state: z.enum(['claimed', 'sent', 'failed']),
      subject: z.string().nullable(),
      bodyText: z.string(),
      bodyHtml: z.string().nullable(),
      error: z.string().nullable(),
      claimedAt: instant,
      sentAt: instant.nullable(),
      zone: z.string(),
      localTime: z.string().meta({ description: "When it went out, on the reader's own wall clock.", example: 'Tue, 1 December 2026 at 16:00' }),
    })
    .meta({ id: 'Message' }),
  'MessagePage',
);

export const transcriptBody = z
  .strictObject({
    sessionId: id,
    lines: z.array(z.unknown()).min(1).max(50_000).meta({ description: 'Lines with start, stop, speaker and dialogue.' }),
  })
  .meta({ id: 'UploadTranscript' });
export const transcriptReceipt = z.strictObject({ id, report: z.unknown(), duplicate: z.boolean() }).meta({ id: 'TranscriptReceipt' });
export const transcriptItem = z
  .strictObject({
    id,
    version,
    sessionId: id,
    hash: z.string(),
    lines: z.array(z.unknown()),
    report: z.unknown(),
    source: z.string(),
    receivedAt: instant,
  })
  .meta({ id: 'Transcript' });

const ruleFile = z.strictObject({
  file: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/, 'must be a file name, with / between folders'),
  text: z.string().max(200_000),
});
const ruleFiles = {
  policies: z.array(ruleFile).max(1000),
  messages: z.array(ruleFile).max(500),
  inbound: z.array(ruleFile).max(100).optional().meta({ description: 'Mappings of senders of webhooks; left out, those in force stay.' }),
};
export const checkRulesBody = z.strictObject(ruleFiles).meta({ id: 'CheckRules' });
export const publishRulesBody = z
  .strictObject({ ...ruleFiles, message: longText(1000).refine((m) => m.trim() !== '', 'must say what changes and why') })
  .meta({ id: 'PublishRules' });
export const fault = z
  .strictObject({ code: z.string(), file: z.string(), rule: z.string().nullable(), path: z.string(), message: z.string(), suggestion: z.string() })
  .meta({ id: 'RuleFault' });
export const checkResult = z.strictObject({ ok: z.boolean(), faults: z.array(fault) }).meta({ id: 'RulesCheck' });
export const publishResult = z.strictObject({ id, number: z.int(), hash: z.string(), diff: z.array(z.string()) }).meta({ id: 'PublishedRules' });
const ruleSetFields = {
  id,
  version,
  number: z.int(),
  hash: z.string(),
  message: z.string(),
  publishedAt: instant,
  publishedBy: z.strictObject({ id, name: z.string() }).nullable(),
  active: z.boolean(),
};
export const ruleSetPageSchema = pageOf(z.strictObject(ruleSetFields).meta({ id: 'RuleSet' }), 'RuleSetPage');
export const wholeRuleSetSchema = z.strictObject({ ...ruleSetFields, ...ruleFiles }).meta({ id: 'WholeRuleSet' });

export const inboundItem = z
  .strictObject({
    id,
    version,
    source: z.string(),
    eventId: z.string(),
    type: z.string(),
    state: z.enum(['received', 'applied', 'ignored', 'refused']),
    reason: z.string().nullable(),
    occurredAt: instant.nullable(),
    receivedAt: instant,
    appliedAt: instant.nullable(),
    tries: z.int(),
    sessionId: id.nullable(),
    mapping: z
      .strictObject({ name: z.string(), row: z.string().nullable(), ruleSetId: id })
      .nullable()
      .meta({ description: 'What put it into our words; null for a sender that speaks in them. `row` is null where none did.' }),
  })
  .meta({ id: 'InboundEvent' });
export const inboundPageSchema = pageOf(inboundItem, 'InboundEventPage');
export const inboundQuery = z.strictObject({
  state: z.enum(['received', 'applied', 'ignored', 'refused']).optional(),
  source: z.string().max(100).optional(),
  limit,
  cursor,
});
const receipt = { id: id.nullable().meta({ description: 'Null when it says nothing that is kept.' }), duplicate: z.boolean() };
export const inboundReceipt = z
  .strictObject({
    ...receipt,
    events: z
      .array(z.strictObject(receipt))
      .optional()
      .meta({ description: 'Each event, where a sender sent several at once; `id` is that of the first.' }),
  })
  .meta({ id: 'InboundReceipt' });

export const meItem = z
  .strictObject({
    id,
    name: z.string(),
    kind: z.string(),
    personId: id.nullable(),
    roles: z.array(z.enum(ROLES)),
    organisation: z.strictObject({ id, name: z.string(), zone: z.string(), locale: z.string() }),
    now: instant.meta({ description: 'Business time of this installation.' }),
  })
  .meta({ id: 'Me' });
