import { z } from 'zod';
import { OFFER_STATES, SEARCH_CAUSES } from '../../domain/vocabulary';
import { allowedActions, cursor, id, instant, limit, pageOf, shortText, version } from './common';

const offerState = z.enum(OFFER_STATES).meta({
  description:
    'open: waits for an answer; released: somebody else accepted, or nobody is needed any more; withdrawn: it could not be accepted after all.',
});
export const offerItem = z
  .strictObject({
    id,
    version,
    state: offerState,
    reason: z.string().nullable(),
    session: z.strictObject({ id, title: z.string(), subject: z.string().nullable(), startsAt: instant, endsAt: instant, students: z.int() }),
    person: z.strictObject({ id, name: z.string() }),
    offeredAt: instant,
    expiresAt: instant,
    endedAt: instant.nullable(),
    allowedActions,
  })
  .meta({ id: 'Offer' });
export const offerPageSchema = pageOf(offerItem, 'OfferPage');
export const offersQuery = z.strictObject({
  sessionId: id.optional(),
  state: z.enum(OFFER_STATES).optional(),
  limit,
  cursor,
});
export const offerAnswer = z
  .strictObject({ offerId: id, sessionId: id, state: offerState, isTaken: z.boolean(), reason: z.string().nullable() })
  .meta({ id: 'OfferAnswer' });

export const startSearchBody = z
  .strictObject({ note: shortText(200).optional().meta({ description: 'Why, for the coordinators; no family reads it.' }) })
  .meta({ id: 'StartSubstituteSearch' });

const considered = z
  .strictObject({
    personId: id,
    name: z.string(),
    eligible: z.boolean(),
    reason: z.string().meta({ description: 'Why they may not teach it, by substitute.eligibility.' }),
    score: z.int().meta({ description: 'The sum of their points by substitute.ranking.' }),
    points: z.array(z.strictObject({ points: z.int(), reason: z.string() })),
    weekLoad: z.int(),
    decisionId: id.meta({ description: 'The decision about them; see /decisions?decisionId=…' }),
    rankingId: id.nullable(),
  })
  .meta({ id: 'ConsideredInstructor' });

export const searchItem = z
  .strictObject({
    id,
    version,
    sessionId: id,
    instructorId: id.meta({ description: 'Whom the substitute stands in for.' }),
    cause: z.enum(SEARCH_CAUSES),
    note: z.string().nullable(),
    state: z.enum(['open', 'found', 'held', 'cancelled', 'ended']).meta({ description: 'held: nobody has taken it, and a coordinator decides.' }),
    reason: z.string().nullable(),
    startedAt: instant,
    nextAt: instant.nullable().meta({ description: 'When the rules are asked how to go on, unless something happens before.' }),
    endedAt: instant.nullable(),
    candidates: z.array(considered).meta({ description: 'Who was considered last, the best first.' }),
    offers: z.array(
      z.strictObject({
        id,
        personId: id,
        state: offerState,
        reason: z.string().nullable(),
        offeredAt: instant,
        expiresAt: instant,
        endedAt: instant.nullable(),
      }),
    ),
    allowedActions,
  })
  .meta({ id: 'SubstituteSearch' });

export const acknowledged = z.strictObject({ sessionId: id, personId: id, acknowledgedAt: instant }).meta({ id: 'Acknowledgement' });
