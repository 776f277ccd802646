import { z } from 'zod';
import { SESSION_STATUSES } from '../../domain/status';
import { allowedActions, cursor, id, instant, limit, pageOf, shortText, version } from './common';
import { batchSchema } from './closures';

/** Asked of what has the wrong form as well. */
const isOnTheCalendar = (text: string): boolean => {
  const at = Date.parse(`${text}Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
};

export const wallTime = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/, 'must be a wall time such as 2026-09-07T16:00')
  .refine((text) => +new Date(`${text}Z`) >= Date.UTC(2000, 0, 1) && +new Date(`${text}Z`) < Date.UTC(2200, 0, 1), 'must lie between 2000 and 2200')
  .refine(isOnTheCalendar, 'is not a day of the calendar')
  .meta({ description: 'A wall time, without an offset: it holds in the anchor zone.', example: '2026-09-07T16:00' });

const previewToken = z
  .string()
  .min(1)
  .max(2_000)
  .meta({ description: 'Of the preview: the commit is refused as `stale` when it would show something else now.' });

export const seriesBody = z
  .strictObject({
    title: shortText(200),
    firstLesson: wallTime,
    lengthMinutes: z.int().min(5).max(1440),
    rrule: z.string().min(1).max(300).meta({
      description:
        'An RRULE of RFC 5545: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT or UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST.',
      example: 'FREQ=WEEKLY;BYDAY=MO',
    }),
    exdates: z.array(wallTime).max(200).optional().meta({ description: 'Times of the rule that are left out.' }),
    studentIds: z.array(id).min(1).max(200),
    instructorId: id,
    programme: shortText(100).optional(),
    branch: shortText(100).optional(),
    subject: shortText(100).optional(),
    anchorZone: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: "The zone that the lessons keep their wall time in; the first student's by default." }),
    isTrial: z.boolean().optional(),
    capacity: z.int().min(1).max(200).optional().meta({ description: 'How many students a lesson has places for.' }),
    externalId: shortText(200).optional(),
    previewToken: previewToken.optional(),
  })
  .meta({ id: 'BookSeries' });

export const previewQuery = z.strictObject({
  preview: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({ description: 'Shows what would be done, and does nothing.' }),
});

const obstacle = z
  .enum(['taken', 'closed', 'instructor-away', 'student-away', 'refused'])
  .meta({ description: 'What is in the way of one lesson; the others stand.' });

export const seriesPreview = z
  .strictObject({
    until: instant.meta({ description: 'The horizon: what lies behind it is booked as the days go by.' }),
    occurrences: z.array(
      z.strictObject({
        original: wallTime.meta({ description: 'The time of the rule; a lesson is known by it however it moves.' }),
        wallTime: wallTime,
        startsAt: instant,
        endsAt: instant,
        shifted: z.boolean().meta({ description: 'The clock is put forward over this wall time: the lesson starts as much later.' }),
        obstacle: obstacle.nullable(),
        why: z.string().nullable(),
        conflicts: z.array(z.strictObject({ startsAt: instant, endsAt: instant, personId: id })),
        priceMinor: z.int().nullable(),
        currency: z.string().nullable(),
      }),
    ),
    previewToken,
  })
  .meta({ id: 'SeriesPreview' });

const seriesFields = {
  id,
  version,
  state: z.enum(['active', 'ended']),
  title: z.string(),
  subject: z.string().nullable(),
  programme: z.string().nullable(),
  branch: z.string().nullable(),
  isTrial: z.boolean(),
  instructorId: id,
  studentIds: z.array(id),
  rrule: z.string(),
  firstLesson: z.string().meta({ description: 'What the rule counts from.' }),
  anchorZone: z.string(),
  exdates: z.array(z.string()),
  clock: z.string().meta({ description: 'Clock time of the lessons in the anchor zone, since it was last edited.' }),
  dayShift: z.int().meta({ description: 'Days between the rule and the lessons, since it was last edited.' }),
  lengthMinutes: z.int(),
  capacity: z.int().nullable(),
  from: z.string().nullable().meta({ description: 'The first time of the rule that belongs to this series.' }),
  before: z.string().nullable().meta({ description: 'The first time of the rule that does not belong to it any more.' }),
  continues: id.nullable().meta({ description: 'The series that this one goes on from.' }),
  externalId: z.string().nullable(),
  createdAt: instant,
  filledUntil: instant.nullable(),
  filling: z.boolean().meta({ description: 'Lessons are being booked.' }),
  allowedActions,
};
export const seriesItem = z.strictObject(seriesFields).meta({ id: 'Series' });
export const seriesPageSchema = pageOf(seriesItem, 'SeriesPage');
export const seriesDetail = z
  .strictObject({
    ...seriesFields,
    occurrences: z.array(
      z
        .strictObject({
          original: z.string(),
          outcome: z
            .enum(['booked', 'moved', 'held', 'skipped'])
            .meta({ description: 'What filling made of it; how it stands now is its session’s to say.' }),
          reason: z.string().nullable(),
          sessionId: id.nullable(),
          status: z.enum(SESSION_STATUSES).nullable(),
          startsAt: instant.nullable(),
          endsAt: instant.nullable(),
          isException: z.boolean().meta({ description: 'Changed by itself: no edit of the series touches it.' }),
        })
        .meta({ id: 'Occurrence' }),
    ),
    batches: z.array(batchSchema).meta({ description: 'What edits have done, the earliest first.' }),
  })
  .meta({ id: 'SeriesDetail' });
const times = { startsAt: instant, endsAt: instant };
const person = z.strictObject({ personId: id, ...times });

export const seriesEditBody = z
  .strictObject({
    scope: z.enum(['this', 'following', 'all']).meta({
      description:
        '`this`: one lesson, which is then set apart. `following`: it and all later ones; the series ends before it, and another one goes on. `all`: all that are still to come.',
    }),
    original: wallTime.optional().meta({ description: 'The time of the rule of the lesson that is meant, as the series lists it.' }),
    wallTime: wallTime.optional().meta({ description: 'Where that lesson goes, on the wall of the anchor zone; the others are moved alike.' }),
    lengthMinutes: z.int().min(5).max(1440).optional(),
    instructorId: id.optional(),
    addStudentIds: z.array(id).min(1).max(200).optional(),
    dropStudentIds: z.array(id).min(1).max(200).optional(),
    title: shortText(200).optional(),
    subject: shortText(100).nullable().optional(),
    capacity: z.int().min(1).max(200).nullable().optional(),
    rrule: z.string().min(1).max(300).optional().meta({
      description: 'How it recurs from there on; with COUNT or UNTIL, where it ends. Lessons that the new rule does not have are cancelled.',
      example: 'FREQ=WEEKLY;UNTIL=20270331',
    }),
    exdates: z.array(wallTime).min(1).max(200).optional().meta({ description: 'More times of the rule that are left out: a pause.' }),
    cancel: z.boolean().optional().meta({ description: 'The lessons do not take place, and no more are booked.' }),
    reason: shortText(500).optional().meta({ description: 'Everybody reads it who has several lessons changed; needed for `following` and `all`.' }),
    previewToken: previewToken.optional(),
  })
  .meta({ id: 'EditSeries' });

export const seriesEditPreview = z
  .strictObject({
    until: instant,
    occurrences: z.array(
      z
        .strictObject({
          original: z.string(),
          sessionId: id.nullable(),
          startsAt: instant.nullable(),
          verdict: z.enum(['change', 'cancel', 'hold', 'keep', 'book']).meta({
            description:
              '`hold`: a coordinator is asked, and offered the alternatives; `keep`: it stays as it is, for the reason given; `book`: filling books it, as the series is then.',
          }),
          why: z.string().nullable(),
          changes: z.array(z.string()).meta({ description: 'Kinds of change, in order; `details` is what it is called and how many places it has.' }),
          newStartsAt: instant.nullable(),
          newEndsAt: instant.nullable(),
          newWallTime: z.string().nullable(),
          conflicts: z.array(person),
          alternatives: z.array(z.strictObject({ startsAt: z.string(), endsAt: z.string(), wallTime: z.string() })),
          charges: z.array(z.strictObject({ studentId: id, percent: z.number(), amountMinor: z.int(), currency: z.string(), held: z.boolean() })),
          messages: z.array(z.strictObject({ personId: id, kind: z.string(), step: z.string(), channel: z.string(), dueAt: instant })),
          obstacle: obstacle.nullable(),
          priceMinor: z.int().nullable(),
          currency: z.string().nullable(),
        })
        .meta({ id: 'EditedOccurrence' }),
    ),
    told: z.array(z.strictObject({ personId: id, lessons: z.int() })).meta({ description: 'Each is told once of all of it.' }),
    previewToken,
  })
  .meta({ id: 'SeriesEditPreview' });

export const seriesEdited = z
  .strictObject({
    id: id.meta({ description: 'The series that the edited lessons belong to: another one where the edit split it.' }),
    batchId: id.nullable().meta({ description: 'What changes the lessons, within moments; null where none is changed.' }),
    heldStepId: id.nullable().meta({ description: 'Of one lesson alone: where a coordinator says whether it may be.' }),
  })
  .meta({ id: 'SeriesEdited' });

export const seriesCreated = z.strictObject({ id }).meta({ id: 'SeriesCreated' });

export const seriesQuery = z.strictObject({
  personId: id.optional().meta({ description: 'Teaches it or takes part.' }),
  state: z.enum(['active', 'ended']).optional(),
  limit,
  cursor,
});
