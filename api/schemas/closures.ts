import { z } from 'zod';
import { SESSION_STATUSES } from '../../domain/status';
import { allowedActions, cursor, id, instant, instantIn, limit, pageOf, shortText, version } from './common';

const previewToken = z
  .string()
  .min(1)
  .max(2_000)
  .optional()
  .meta({ description: 'Of the preview: the commit is refused as `stale` when it would do something else now.' });
const times = {
  from: instantIn.optional().meta({ description: 'When it begins; or give `fromDay`.' }),
  to: instantIn.optional().meta({ description: 'At most 370 days after `from`.' }),
  fromDay: z.iso
    .date()
    .optional()
    .meta({ description: 'Its first whole day, in the organisation’s zone, or in that of whoever is away.', example: '2026-12-21' }),
  toDay: z.iso.date().optional().meta({ description: 'Its last whole day.', example: '2027-01-03' }),
};
const whole = {
  zone: z.string().nullable().meta({ description: 'In whose days it is whole days; null where it begins or ends within one.' }),
  fromDay: z.iso.date().nullable().meta({ description: 'Its first whole day.' }),
  toDay: z.iso.date().nullable().meta({ description: 'Its last whole day.' }),
};
const reason = shortText(200).meta({ description: 'Families read it.', example: 'spring break' });

export const closureBody = z
  .strictObject({
    ...times,
    reason,
    branch: shortText(100).optional().meta({ description: 'Only this branch; everybody by default.' }),
    previewToken,
  })
  .meta({ id: 'MakeClosure' });
export const timeOffBody = z.strictObject({ personId: id, ...times, reason, previewToken }).meta({ id: 'MakeTimeOff' });

export const closurePreview = z
  .strictObject({
    from: instant,
    to: instant,
    ...whole,
    sessions: z.array(
      z.strictObject({
        sessionId: id,
        title: z.string(),
        startsAt: instant,
        status: z.enum(SESSION_STATUSES),
        verdict: z.enum(['move', 'reassign', 'search', 'cancel', 'hold', 'keep']),
        why: z.string(),
        rule: z.string().nullable().meta({ description: 'Null where none is asked: what is over stays as it is.' }),
        newStartsAt: instant.nullable(),
        newInstructorId: id.nullable(),
        substitutes: z.int().meta({ description: 'How many others could teach it, where the instructor is away.' }),
        conflicts: z.array(z.strictObject({ startsAt: instant, endsAt: instant, personId: id })),
        charges: z.array(z.strictObject({ studentId: id, percent: z.int(), amountMinor: z.int(), currency: z.string() })),
      }),
    ),
    told: z.array(z.strictObject({ personId: id, lessons: z.int() })).meta({ description: 'Each is told once of all of it.' }),
    previewToken: z.string(),
  })
  .meta({ id: 'ClosurePreview' });

export const closureMade = z.strictObject({ id, batchId: id }).meta({ id: 'ClosureMade' });
export const closureItem = z
  .strictObject({
    id,
    version,
    state: z.enum(['active', 'removed']),
    personId: id.nullable(),
    branch: z.string().nullable(),
    from: instant,
    to: instant,
    ...whole,
    reason: z.string(),
    createdAt: instant,
    removedAt: instant.nullable(),
    allowedActions,
  })
  .meta({ id: 'Closure' });
export const closurePageSchema = pageOf(closureItem, 'ClosurePage');
export const batchSchema = z
  .strictObject({
    id,
    state: z.enum(['running', 'done']),
    done: z.int().meta({ description: 'How many of its changes have their end, of `total`.' }),
    total: z.int(),
    items: z.array(
      z.strictObject({
        sessionId: id,
        title: z.string(),
        startsAt: instant.meta({ description: 'When it is now.' }),
        change: z.string(),
        state: z
          .enum(['waiting', 'done', 'held', 'refused', 'superseded'])
          .meta({ description: '`superseded`: a later edit of the series does it, with what that one asks for.' }),
        why: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Batch' });
export const closureDetail = z
  .strictObject({
    ...closureItem.shape,
    batches: z.array(batchSchema),
  })
  .meta({ id: 'ClosureDetail' });
export const closuresQuery = z.strictObject({ state: z.enum(['active', 'removed']).optional(), limit, cursor });
export const removed = z.strictObject({ id, note: z.string() }).meta({ id: 'ClosureRemoved' });

export const closureEdit = z.strictObject({ version, ...times, reason: reason.optional(), previewToken }).meta({ id: 'EditClosure' });
export const restoreBody = z
  .strictObject({ reason: shortText(200).meta({ description: 'Families read it.', example: 'The hall is open after all' }), previewToken })
  .meta({ id: 'RestoreAfterClosure' });
export const reopenPreview = z
  .strictObject({
    sessions: z.array(
      z.strictObject({
        sessionId: id,
        title: z.string(),
        was: z.enum(['moved', 'reassigned', 'cancelled']),
        originalStartsAt: instant,
        startsAt: instant.meta({ description: 'When it is now.' }),
        verdict: z.enum(['restore', 'leave']),
        why: z.string(),
      }),
    ),
    previewToken: z.string(),
  })
  .meta({ id: 'ReopenPreview' });
