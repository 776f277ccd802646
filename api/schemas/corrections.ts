import { z } from 'zod';
import { CORRECTION_KINDS } from '../../domain/vocabulary';
import { id, instant, longText, pageOf, version } from './common';

const percent = z.number().min(0).max(100);
const reason = longText(1000).optional().meta({ description: 'Why; those concerned read it.' });
const chargePercent = percent.meta({ description: 'Share of the agreed price that the student is charged for the lesson, whatever the rules say.' });

const previewToken = z.string().min(1).max(500).optional().meta({ description: '`previewToken` of a preview: what was shown is done, or nothing.' });

export const correctionBody = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('attendance'),
      personId: id.meta({ description: 'A participant.' }),
      verdict: z.enum(['arrived', 'late', 'no-show', 'excused']),
      chargePercent: chargePercent.optional(),
      reason,
      previewToken,
    }),
    z.strictObject({ kind: z.literal('charge'), personId: id.meta({ description: 'A student.' }), chargePercent, reason, previewToken }),
    z.strictObject({
      kind: z.literal('payout'),
      personId: id.meta({ description: 'The instructor.' }),
      payPercent: percent.meta({ description: 'Share of the agreed pay.' }),
      reason,
      previewToken,
    }),
    z.strictObject({ kind: z.literal('strike'), personId: id.meta({ description: 'The student whose strike is forgiven.' }), reason, previewToken }),
    z.strictObject({
      kind: z.literal('minutes'),
      deliveredMinutes: z.int().min(0).max(1440).meta({ description: 'How long the lesson was; policy `correction.minutes` says what that costs.' }),
      reason,
      previewToken,
    }),
    z.strictObject({
      kind: z.literal('document'),
      update: z.record(z.string(), z.unknown()).meta({
        description:
          'What is to be otherwise in the update that was sent: `subject`, `paragraphs`, or `otherLanguages` whole. Families get it once more, as corrected.',
      }),
      reason,
      previewToken,
    }),
  ])
  .meta({ id: 'MakeCorrection' });

const money = z.strictObject({
  kind: z.enum(['charge', 'payout']),
  personId: id,
  rev: z.int(),
  beforeMinor: z.int(),
  afterMinor: z.int(),
  currency: z.string(),
  held: z.boolean().meta({ description: 'The rules leave it to a person, and none has said a share: it stays as it was.' }),
});
const changed = {
  attendance: z.array(z.strictObject({ personId: id, before: z.string(), after: z.string() })),
  money: z.array(money).meta({ description: 'What is reversed, and what is posted instead.' }),
  strikes: z.array(z.strictObject({ personId: id, kind: z.string(), to: z.enum(['counted', 'reversed', 'forgiven']) })),
};
const lesson = {
  minutes: z
    .strictObject({ agreed: z.int(), before: z.int(), after: z.int(), chargePercent: percent, payPercent: percent })
    .nullable()
    .meta({ description: 'How long the lesson was, and which share of the agreed price and pay that is.' }),
  update: z
    .strictObject({ documentId: id, before: z.unknown(), after: z.unknown() })
    .nullable()
    .meta({ description: 'The update as it was sent, and as it is now.' }),
};
const previewFields = {
  previewToken: z.string().meta({ description: 'Send it with the correction, and what was previewed is what is done, or nothing.' }),
  verdict: z.enum(['allow', 'hold', 'refuse']),
  why: z.string(),
  say: z.record(z.string(), z.string()).nullable(),
  rule: z.string(),
  ...changed,
  ...lesson,
  messages: z
    .array(z.strictObject({ personId: id, kind: z.string(), step: z.string(), channel: z.string(), dueAt: instant }))
    .meta({ description: 'What would be sent.' }),
};
export const correctionPreview = z.strictObject(previewFields).meta({ id: 'CorrectionPreview' });
export const correctionResult = z
  .strictObject({ ...previewFields, sessionId: id, correctionId: id.nullable(), heldStepId: id.nullable() })
  .meta({ id: 'CorrectionResult' });
export const correctionPageSchema = pageOf(
  z
    .strictObject({
      id,
      version,
      n: z.int(),
      kind: z.enum(CORRECTION_KINDS),
      reason: z.string().nullable(),
      ...changed,
      ...lesson,
      decisionId: id,
      madeBy: z.strictObject({ id, name: z.string() }).nullable().meta({ description: 'Null: evidence that came late.' }),
      madeAt: instant,
    })
    .meta({ id: 'Correction' }),
  'CorrectionPage',
);
