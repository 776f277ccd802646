import { z } from 'zod';
import { WAITLIST_STATES } from '../../domain/vocabulary';
import { allowedActions, id, instant, pageOf, version } from './common';

const state = z.enum(WAITLIST_STATES).meta({
  description:
    'waiting: for a place; offered: a place, until `expiresAt`; removed: taken off the list; closed: the lesson was cancelled, or began, before there was a place.',
});
export const waitlistItem = z
  .strictObject({
    id,
    version,
    sessionId: id,
    person: z.strictObject({ id, name: z.string() }),
    state,
    addedAt: instant,
    offers: z.int().meta({ description: 'How often a place was offered.' }),
    offeredAt: instant.nullable(),
    expiresAt: instant.nullable().meta({ description: 'Until when the offer stands.' }),
    endedAt: instant.nullable(),
    answeredBy: z
      .strictObject({ personId: id.nullable(), name: z.string() })
      .nullable()
      .meta({ description: 'Who answered the offer: the guardian or student behind a link of their own; without personId a coordinator for them.' }),
    allowedActions,
  })
  .meta({ id: 'WaitlistEntry' });
export const joinedWaitlist = z
  .strictObject({ id, sessionId: id, personId: id, state, offers: z.int().meta({ description: '1 when a place was free, and is offered.' }) })
  .meta({ id: 'JoinedWaitlist' });
export const waitlistPage = pageOf(waitlistItem, 'WaitlistPage');
export const joinBody = z.strictObject({ studentId: id }).meta({ id: 'JoinWaitlist' });
export const placeAnswer = z
  .strictObject({
    entryId: id,
    sessionId: id,
    state,
    isTaken: z.boolean(),
    isHeld: z.boolean().meta({ description: 'A coordinator has to allow it first; the offer stands until then.' }),
  })
  .meta({ id: 'PlaceAnswer' });

const many = z.int().min(1).max(200);
export const placesBody = z
  .strictObject({
    version,
    minStudents: many.optional().meta({ description: 'From how many students it takes place.' }),
    capacity: many.optional().meta({ description: 'How many places it has.' }),
  })
  .meta({ id: 'ChangePlaces' });
