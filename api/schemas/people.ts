import { z } from 'zod';
import { CHANNELS, PERSON_KINDS, STRIKE_KINDS, STRIKE_STATES } from '../../domain/vocabulary';
import { isId } from '../../domain/ids';
import { allowedActions, cursor, id, instant, instantIn, limit, longText, pageOf, shortText, version } from './common';

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a clock time such as 20:00');
const consentIn = z.strictObject({
  kind: z.enum(['recording', 'ai']),
  granted: z.boolean(),
  textVersion: shortText(100).meta({ description: 'Which text they agreed to.' }),
  method: shortText(100).meta({ description: 'How they agreed.', example: 'web-form' }),
});
const wardIn = z.strictObject({
  studentId: id,
  household: shortText(100),
  canNotify: z.boolean().default(true),
  canDecide: z.boolean().default(false),
});

const cap = z.int().min(1).max(200).nullable();
const teachingIn = z
  .strictObject({
    subjects: z
      .array(shortText(100))
      .max(50)
      .optional()
      .meta({ description: "As a session's subject is written.", example: ['Mathematics'] }),
    languages: z
      .array(z.string().min(2).max(35))
      .max(50)
      .optional()
      .meta({ example: ['en', 'de'] }),
    clearedUntil: instantIn.nullable().optional().meta({ description: 'Until when they are cleared to teach; null: no clearance is on file.' }),
    mostADay: cap.optional().meta({ description: 'Sessions they take on a day at most, in their own zone; null: no limit of their own.' }),
    mostAWeek: cap.optional().meta({ description: 'Sessions they take on a week at most, Monday to Sunday in their own zone.' }),
  })
  .meta({ id: 'WriteTeaching' });
const blockedIn = z.strictObject({ instructorId: id, reason: shortText(200).nullable().optional() });

const writable = {
  name: shortText(200),
  givenName: shortText(100),
  email: z.string().max(254).nullable().optional().meta({ description: 'One plain address; checked when written.' }),
  phone: z.string().max(20).nullable().optional().meta({ description: 'International, with a plus.', example: '+4915112345678' }),
  zone: z.string().min(1).max(64).meta({ description: 'An IANA time zone.', example: 'Europe/Berlin' }),
  locale: z.string().min(2).max(35).optional().meta({ example: 'de' }),
  channels: z.array(z.enum(CHANNELS)).min(1).max(2).optional().meta({ description: 'In the order they are tried.' }),
  quietFrom: clockTime.nullable().optional(),
  quietTo: clockTime.nullable().optional(),
  goals: longText(2000).nullable().optional(),
  externalId: shortText(200).nullable().optional(),
  students: z
    .array(wardIn)
    .max(50)
    .optional()
    .meta({ description: 'Of a guardian: whose, in which household, and what they may do. Replaces what was.' }),
  teaching: teachingIn.optional().meta({ description: 'Of an instructor; only the fields that are given are changed.' }),
  blockedInstructors: z
    .array(blockedIn)
    .max(50)
    .optional()
    .meta({ description: 'Of a student: instructors who are not to teach them. Replaces what was.' }),
  consents: z.array(consentIn).max(10).optional().meta({ description: 'Added to the record; the newest of each kind counts.' }),
};
export const createPersonBody = z.strictObject({ kind: z.enum(PERSON_KINDS), ...writable }).meta({ id: 'CreatePerson' });
export const updatePersonBody = z
  .strictObject({
    version: z.int().min(1).meta({ description: '`version` as you saw it; another one is refused.' }),
    ...writable,
    name: writable.name.optional(),
    givenName: writable.givenName.optional(),
    zone: writable.zone.optional(),
    active: z.boolean().optional(),
  })
  .meta({ id: 'UpdatePerson' });

const guardianship = { household: z.string(), canNotify: z.boolean(), canDecide: z.boolean() };
export const personItem = z
  .strictObject({
    id,
    version,
    kind: z.enum(PERSON_KINDS),
    name: z.string(),
    givenName: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    zone: z.string(),
    locale: z.string(),
    channels: z.array(z.string()),
    quietFrom: z.string().nullable(),
    quietTo: z.string().nullable(),
    goals: z.string().nullable(),
    externalId: z.string().nullable(),
    active: z.boolean(),
    optedOut: z.array(z.strictObject({ channel: z.enum(CHANNELS), since: instant })).meta({
      description: 'For staff: channels on which their present address has told the provider that it wants nothing; messages go another way.',
    }),
    guardians: z.array(z.strictObject({ guardianId: id, name: z.string(), ...guardianship })),
    students: z.array(z.strictObject({ studentId: id, name: z.string(), ...guardianship })),
    strikes: z
      .array(
        z.strictObject({
          id,
          version,
          sessionId: id.nullable(),
          sessionTitle: z.string().nullable(),
          startsAt: instant.nullable(),
          day: z.string().meta({ example: '2026-09-14', description: 'By the calendar of the organisation.' }),
          kind: z.enum(STRIKE_KINDS),
          state: z.enum(STRIKE_STATES),
          termId: id.nullable(),
          termName: z.string().nullable(),
          countedAt: instant,
          endedAt: instant.nullable(),
          reason: z.string().nullable(),
        }),
      )
      .meta({
        description:
          'For staff: no-shows and late cancellations that counted, newest first, also those that count no longer. One that was brought in from another system has no session.',
      }),
    strikesThisTerm: z.int().meta({ description: 'Counted in the term that today is in; outside any term, those that lie in none.' }),
    teaching: z
      .strictObject({
        subjects: z.array(z.string()),
        languages: z.array(z.string()),
        clearedUntil: instant.nullable(),
        mostADay: z.int().nullable(),
        mostAWeek: z.int().nullable(),
      })
      .nullable()
      .meta({ description: 'Of an instructor; null when nothing is known, and for everybody else.' }),
    blockedInstructors: z
      .array(z.strictObject({ instructorId: id, name: z.string(), reason: z.string().nullable() }))
      .meta({ description: 'Of a student; shown to staff only.' }),
    consents: z.array(z.strictObject({ kind: z.string(), granted: z.boolean(), textVersion: z.string(), method: z.string(), givenAt: instant })),
    allowedActions,
  })
  .meta({ id: 'Person' });
export const personPage = pageOf(personItem, 'PersonPage');

/** As many as a page holds at most. */
const idList = z
  .string()
  .max(200 * 37)
  .refine((text) => text.split(',').every(isId), 'must be one or more ids, with commas between')
  .meta({ description: 'These people alone: one id or several with commas between.' });

export const peopleQuery = z.strictObject({
  ids: idList.optional(),
  kind: z.enum(PERSON_KINDS).optional(),
  externalId: z.string().min(1).max(200).optional(),
  active: z.boolean().optional(),
  limit,
  cursor,
});
export const optInBody = z.strictObject({ channel: z.literal('sms') }).meta({ id: 'OptIn' });

export const written = z.strictObject({ id, version }).meta({ id: 'WrittenPerson' });
