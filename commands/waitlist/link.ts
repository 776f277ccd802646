import { notifiedGuardians, peopleById, type PersonRow } from '../../db/people';
import { findSession, participantsOf, type SessionRow } from '../../db/sessions';
import { waitlistEntry, type WaitlistRow } from '../../db/waitlist';
import { row, type Database, type Tx } from '../../db/database';
import { LecternError } from '../../domain/errors';
import { constantTimeEqual, deriveToken, sha256, TOKEN_LENGTH } from '../../domain/ids';
import type { WaitlistState } from '../../domain/vocabulary';
import { SYSTEM, type Context } from '../context';
import type { LinkContext } from '../substitutes/link';
import { answerPlace, type PlaceAnswer } from './answer';

/** What the page shows, in the language and zone of whoever the link was sent to. */
export interface PlacePage {
  sessionTitle: string;
  startsAt: Date;
  status: SessionRow['status'];
  studentGivenName: string;
  instructorGivenName: string;
  zone: string;
  locale: string;
  state: WaitlistState;
  /** A place was offered before. */
  wasOffered: boolean;
  expiresAt: Date | null;
}

/** Short, because a text message is: guessing it takes the entry's own token first. */
const MARK_LENGTH = 12;

/**
 * The token of an offered place in a link to one person: the entry's own, and behind it a mark of theirs, so that it is known which guardian
 * answers, and so that who may not be told any more cannot answer either.
 */
export const placeToken = (secret: string, entryId: string, personId: string): string =>
  deriveToken(secret, 'place', entryId) + deriveToken(secret, 'place-reader', `${entryId}:${personId}`).slice(0, MARK_LENGTH);

const unknownLink = (): LecternError => new LecternError('not-found', 'This link is not known.');

async function resolve(db: Database, token: string): Promise<{ organisationId: string; id: string }> {
  const found = await row<{ organisationId: string; id: string }>(db.crossing, 'SELECT organisation_id, waitlist_id AS id FROM resolve_place(?)', [
    sha256(token.slice(0, TOKEN_LENGTH)),
  ]);
  if (!found) throw unknownLink();
  return found;
}

/** Whom a link was sent to: a guardian who is to be told of the student, or the student. */
async function readerOf(tx: Tx, secret: string, token: string, entry: WaitlistRow): Promise<PersonRow> {
  const readers = [...(await notifiedGuardians(tx, [entry.personId])), ...(await peopleById(tx, [entry.personId]))];
  const reader = readers.find((p) => constantTimeEqual(token, placeToken(secret, entry.id, p.id)));
  if (!reader) throw unknownLink();
  return reader;
}

/** The page of an offered place. Looking decides nothing, and is not remembered. Errors: `not-found`. */
export async function openPlaceLink({ db, secret, asOf }: LinkContext, token: string): Promise<PlacePage> {
  const { organisationId, id } = await resolve(db, token);
  return db.inOrganisation(organisationId, async (tx) => {
    const entry = (await waitlistEntry(tx, id))!;
    const { zone, locale } = await readerOf(tx, secret, token, entry);
    const session = (await findSession(tx, entry.sessionId))!;
    const instructorId = (await participantsOf(tx, session.id)).find((p) => p.role === 'instructor')?.personId;
    const people = await peopleById(tx, [entry.personId, ...(instructorId ? [instructorId] : [])]);
    return {
      sessionTitle: session.title,
      startsAt: session.startsAt,
      status: session.status,
      studentGivenName: people.find((p) => p.id === entry.personId)!.givenName,
      instructorGivenName: people.find((p) => p.id === instructorId)?.givenName ?? '',
      zone,
      locale,
      state: entry.state === 'offered' && entry.expiresAt! <= asOf ? 'expired' : entry.state,
      wasOffered: entry.offers > 0,
      expiresAt: entry.expiresAt,
    };
  });
}

/** A button of that page: asked from outside, by whom the link was sent to. Errors: `not-found`, `slot-clash`, `refused-by-policy`, `illegal-move`. */
export async function answerPlaceLink({ db, secret, asOf }: LinkContext, token: string, answer: 'accept' | 'decline'): Promise<PlaceAnswer> {
  const { organisationId, id } = await resolve(db, token);
  const { id: personId, name } = await db.inOrganisation(organisationId, async (tx) => readerOf(tx, secret, token, (await waitlistEntry(tx, id))!));
  const reader: Context['principal'] = { id: SYSTEM.id, name, kind: 'person', personId, roles: ['integrator'] };
  return answerPlace({ db, organisationId, principal: reader, asOf, requestId: null, secret }, id, answer);
}
