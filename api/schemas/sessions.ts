import { z } from 'zod';
import { SESSION_STATUSES } from '../../domain/status';
import { PARTICIPANT_ROLES, VERDICTS } from '../../domain/vocabulary';
import { allowedActions, cursor, id, instant, instantIn, limit, pageOf, shortText, version } from './common';

const zone = z.string().min(1).max(64).meta({ description: 'An IANA time zone.', example: 'Europe/Berlin' });

export const bookBody = z
  .strictObject({
    title: shortText(200).meta({ example: 'Algebra with Mr. Adeyemi' }),
    startsAt: instantIn,
    endsAt: instantIn,
    studentIds: z.array(id).min(1).max(200),
    instructorId: id,
    programme: shortText(100).optional(),
    branch: shortText(100).optional(),
    subject: shortText(100).optional(),
    anchorZone: zone.optional().meta({ description: "The zone that the wall time is agreed in; the first student's by default." }),
    isTrial: z.boolean().optional(),
    minStudents: z.int().min(1).max(200).optional().meta({
      description: 'Of a group: from how many students it takes place; what becomes of it with fewer is for the policy `viability` to say.',
    }),
    capacity: z.int().min(1).max(200).optional().meta({ description: 'Of a group: how many places it has; who finds none can wait for one.' }),
    externalId: shortText(200).optional().meta({ description: 'Your own id; unique in your organisation, sent back in webhooks.' }),
  })
  .meta({ id: 'BookSession' });

export const bookingResult = z
  .strictObject({
    id,
    result: z.enum(['booked', 'held']),
    status: z.enum(SESSION_STATUSES),
    expiresAt: instant.nullable().meta({ description: 'Until when a held booking keeps its slot.' }),
    decisionId: id,
    reason: z.string().meta({ description: 'The decision in words.' }),
  })
  .meta({ id: 'BookingResult' });

const statusList = z
  .string()
  .max(200)
  .refine(
    (text) => text.split(',').every((s) => (SESSION_STATUSES as readonly string[]).includes(s)),
    `must be one or more of ${SESSION_STATUSES.join(', ')}, with commas between`,
  )
  .meta({ description: 'One status or several with commas between.', example: 'booked,ready' });

export const sessionsQuery = z
  .strictObject({
    status: statusList.optional(),
    from: instantIn.optional().meta({ description: 'Starts at or after this instant.' }),
    to: instantIn.optional().meta({ description: 'Starts before this instant.' }),
    day: z.iso.date().optional().meta({ description: 'Starts on this day, as a calendar on the wall in `zone` shows it.', example: '2026-12-01' }),
    zone: zone.optional().meta({ description: "The zone of `day`; the organisation's by default." }),
    personId: id.optional().meta({ description: 'Takes part.' }),
    limit,
    cursor,
  })
  .refine((q) => q.day === undefined || (q.from === undefined && q.to === undefined), { path: ['day'], message: 'either day, or from and to' })
  .refine((q) => q.zone === undefined || q.day !== undefined, { path: ['zone'], message: 'goes with day' });

const participant = z
  .strictObject({
    personId: id,
    name: z.string(),
    role: z.enum(PARTICIPANT_ROLES),
    zone: z.string(),
    verdict: z.enum(VERDICTS),
    arrivedAt: instant.nullable(),
    verdictAt: instant.nullable(),
    chargePercent: z.int().nullable(),
    credential: z.enum(['none', 'issued', 'opened', 'proven']).meta({ description: 'How far they got with their own way in.' }),
  })
  .meta({ id: 'Participant' });

const sessionFields = {
  id,
  version,
  rev: z.int().meta({ description: 'Grows with a change of the session, and with nothing else.' }),
  status: z.enum(SESSION_STATUSES),
  title: z.string(),
  subject: z.string().nullable(),
  programme: z.string().nullable(),
  branch: z.string().nullable(),
  startsAt: instant,
  endsAt: instant,
  bufferMinutes: z.int(),
  anchorZone: z.string(),
  agreedWallTime: z.string().meta({ description: 'Wall time in anchorZone, as agreed.' }),
  isTrial: z.boolean(),
  priceMinor: z.int().nullable().meta({ description: 'Price for each student in minor units; null for readers who need not know it.' }),
  payMinor: z.int().nullable().meta({ description: "The instructor's pay in minor units; null for readers who need not know it." }),
  currency: z.string(),
  bookedAt: instant,
  expiresAt: instant.nullable(),
  closedAt: instant.nullable(),
  cancelledAt: instant.nullable(),
  cancelReason: z.string().nullable(),
  externalId: z.string().nullable(),
  minStudents: z.int().nullable().meta({ description: 'From how many students it takes place.' }),
  capacity: z.int().nullable().meta({ description: 'How many places it has.' }),
  viabilityAt: instant.nullable().meta({ description: 'When it is asked next whether it takes place; null when that is not asked, or has been.' }),
  nextDueAt: instant.nullable().meta({ description: 'When the next message or look-up is due.' }),
  openHeldSteps: z.int(),
  participants: z.array(participant),
  allowedActions,
};

export const sessionItem = z.strictObject(sessionFields).meta({ id: 'Session' });
export const sessionPageSchema = pageOf(sessionItem, 'SessionPage');
export const sessionDetail = z
  .strictObject({
    ...sessionFields,
    series: z
      .strictObject({
        id,
        state: z.enum(['active', 'ended']),
        rrule: z.string(),
        original: z.string().meta({ description: 'The time of the rule that this lesson is known by, as an edit of the series names it.' }),
      })
      .nullable()
      .meta({ description: 'The series that it is a lesson of.' }),
    room: z
      .strictObject({
        id,
        state: z.string(),
        provider: z.string(),
        url: z.string().nullable(),
        openedAt: instant.nullable(),
        closedAt: instant.nullable(),
      })
      .nullable(),
    recording: z
      .strictObject({
        state: z.string(),
        startedAt: instant.nullable(),
        readyAt: instant.nullable(),
        failedAt: instant.nullable(),
        url: z.string().nullable(),
      })
      .nullable(),
    transcripts: z.array(z.strictObject({ id, source: z.string(), receivedAt: instant })),
    documents: z.array(z.strictObject({ id, version, kind: z.string(), state: z.string() })),
    strangers: z
      .array(z.strictObject({ key: z.string(), source: z.string(), identity: z.string().nullable(), name: z.string().nullable(), joinedAt: instant }))
      .meta({ description: 'Who was in the room and is matched to nobody; `POST /v1/sessions/{id}/matches` says who it was.' }),
    heldSteps: z
      .array(z.strictObject({ id, kind: z.string(), reason: z.string(), deadlineAt: instant.nullable() }))
      .meta({ description: 'The open ones that the caller may see.' }),
  })
  .meta({ id: 'SessionDetail' });

export const matchBody = z
  .strictObject({
    key: shortText(300).meta({ description: '`key` of one of the session’s `strangers`.' }),
    personId: id.nullable().meta({ description: 'Which participant it was; null when it was nobody of this lesson.' }),
  })
  .meta({ id: 'MatchPerson' });
export const matchResult = z
  .strictObject({
    sessionId: id,
    key: z.string(),
    personId: id.nullable(),
    verdict: z.enum(VERDICTS).nullable().meta({ description: 'What is said of the participant now.' }),
    remembered: z.boolean().meta({ description: 'The provider’s own name for them was kept: the next lesson knows them by itself.' }),
  })
  .meta({ id: 'MatchResult' });

export const slotsQuery = z.strictObject({
  instructorId: id,
  studentId: id.optional(),
  branch: shortText(100).optional().meta({ description: 'Times at which this branch is closed are left out too.' }),
  from: instantIn,
  to: instantIn.meta({ description: 'At most 31 days after `from`.' }),
  lengthMinutes: z.int().min(5).max(720),
  stepMinutes: z.int().min(5).max(240).default(30).meta({ description: "Starts lie on multiples of this after 08:00 in the instructor's zone." }),
  limit,
  cursor,
});
export const slotPage = pageOf(
  z
    .strictObject({
      startsAt: instant,
      endsAt: instant,
      zone: z.string(),
      wallTime: z.string().meta({ description: "The start in the instructor's zone.", example: '2026-12-01T16:00' }),
    })
    .meta({ id: 'Slot' }),
  'SlotPage',
);
