import { z } from 'zod';
import { ROLES } from '../../domain/vocabulary';
import { cursor, id, instant, limit, pageOf, version } from './common';

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
