import { peopleById } from '../../db/people';
import { findSession, participantsOf, type SessionRow } from '../../db/sessions';
import { waitlistEntry } from '../../db/waitlist';
import { notifiedGuardians } from '../../db/people';
import { row, type Database } from '../../db/database';
import { LecternError } from '../../domain/errors';
import { sha256 } from '../../domain/ids';
import type { WaitlistState } from '../../domain/vocabulary';
import { SYSTEM, type Context } from '../context';
import type { LinkContext } from '../substitutes/link';
import { answerPlace, type PlaceAnswer } from './answer';

/** What the page shows to a family, in the language and zone of the first guardian, or of the student where there is none. */
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

async function resolve(db: Database, token: string): Promise<{ organisationId: string; id: string }> {
  const found = await row<{ organisationId: string; id: string }>(db.crossing, 'SELECT organisation_id, waitlist_id AS id FROM resolve_place(?)', [
    sha256(token),
  ]);
  if (!found) throw new LecternError('not-found', 'This link is not known.');
  return found;
}

/** The page of an offered place. Looking decides nothing, and is not remembered. Errors: `not-found`. */
export async function openPlaceLink({ db, asOf }: LinkContext, token: string): Promise<PlacePage> {
  const { organisationId, id } = await resolve(db, token);
  return db.inOrganisation(organisationId, async (tx) => {
    const entry = (await waitlistEntry(tx, id))!;
    const session = (await findSession(tx, entry.sessionId))!;
    const instructorId = (await participantsOf(tx, session.id)).find((p) => p.role === 'instructor')?.personId;
    const people = await peopleById(tx, [entry.personId, ...(instructorId ? [instructorId] : [])]);
    const student = people.find((p) => p.id === entry.personId)!;
    const { zone, locale } = (await notifiedGuardians(tx, [student.id]))[0] ?? student;
    return {
      sessionTitle: session.title,
      startsAt: session.startsAt,
      status: session.status,
      studentGivenName: student.givenName,
      instructorGivenName: people.find((p) => p.id === instructorId)?.givenName ?? '',
      zone,
      locale,
      state: entry.state === 'offered' && entry.expiresAt! <= asOf ? 'expired' : entry.state,
      wasOffered: entry.offers > 0,
      expiresAt: entry.expiresAt,
    };
  });
}

/** A button of that page: asked from outside, by whoever has the link. Errors: `not-found`, `slot-clash`, `refused-by-policy`, `illegal-move`. */
export async function answerPlaceLink({ db, secret, asOf }: LinkContext, token: string, answer: 'accept' | 'decline'): Promise<PlaceAnswer> {
  const { organisationId, id } = await resolve(db, token);
  const family: Context['principal'] = { id: SYSTEM.id, name: 'The family', kind: 'person', personId: null, roles: ['integrator'] };
  return answerPlace({ db, organisationId, principal: family, asOf, requestId: null, secret }, id, answer);
}
