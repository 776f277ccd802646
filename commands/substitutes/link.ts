import { acknowledgementById } from '../../db/acknowledgements';
import { offerById } from '../../db/offers';
import { peopleById, type PersonRow } from '../../db/people';
import { participantsOf, findSession, type SessionRow } from '../../db/sessions';
import { principalOfPerson } from '../../db/write-people';
import { row, type Database, type Tx } from '../../db/database';
import { LecternError } from '../../domain/errors';
import { sha256 } from '../../domain/ids';
import type { OfferState } from '../../domain/vocabulary';
import { SYSTEM, type Context } from '../context';
import { answerOffer, type OfferAnswer } from './accept';
import { acknowledge } from './acknowledge';

export interface LinkContext {
  db: Database;
  secret: string;
  asOf: Date;
}
/** What both pages show; in the reader's own language and zone. */
export interface LinkPage {
  sessionTitle: string;
  subject: string | null;
  startsAt: Date;
  endsAt: Date;
  status: SessionRow['status'];
  personGivenName: string;
  zone: string;
  locale: string;
}
export interface OfferPage extends LinkPage {
  state: OfferState;
  expiresAt: Date;
  students: number;
}
export interface AcknowledgementPage extends LinkPage {
  acknowledgedAt: Date | null;
  /** Somebody else teaches it by now. */
  isOthers: boolean;
}

const SQL = {
  offer: 'SELECT organisation_id, offer_id AS id FROM resolve_offer(?)',
  acknowledgement: 'SELECT organisation_id, acknowledgement_id AS id FROM resolve_acknowledgement(?)',
};

async function resolve(db: Database, what: keyof typeof SQL, token: string): Promise<{ organisationId: string; id: string }> {
  const found = await row<{ organisationId: string; id: string }>(db.crossing, SQL[what], [sha256(token)]);
  if (!found) throw new LecternError('not-found', 'This link is not known.');
  return found;
}

const pageOf = (session: SessionRow, person: PersonRow): LinkPage => ({
  sessionTitle: session.title,
  subject: session.subject,
  startsAt: session.startsAt,
  endsAt: session.endsAt,
  status: session.status,
  personGivenName: person.givenName,
  zone: person.zone,
  locale: person.locale,
});

/** Acts as the person whom the link was made for. */
async function contextOf({ db, secret, asOf }: LinkContext, organisationId: string, tx: Tx, person: PersonRow): Promise<Context> {
  const id = (await principalOfPerson(tx, person.id))?.id ?? SYSTEM.id;
  return {
    db,
    organisationId,
    principal: { id, name: person.name, kind: 'person', personId: person.id, roles: ['instructor'] },
    asOf,
    requestId: null,
    secret,
  };
}

/** The page of an offer. Looking decides nothing, and is not remembered. Errors: `not-found`. */
export async function openOfferLink({ db, asOf }: LinkContext, token: string): Promise<OfferPage> {
  const { organisationId, id } = await resolve(db, 'offer', token);
  return db.inOrganisation(organisationId, async (tx) => {
    const offer = (await offerById(tx, id))!;
    const session = (await findSession(tx, offer.sessionId))!;
    const [person] = await peopleById(tx, [offer.personId]);
    const students = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student').length;
    const state = offer.state === 'open' && offer.expiresAt <= asOf ? 'expired' : offer.state;
    return { ...pageOf(session, person!), state, expiresAt: offer.expiresAt, students };
  });
}

/** A button of that page. Errors: `not-found`, `slot-clash`. */
export async function answerOfferLink(at: LinkContext, token: string, answer: 'accept' | 'decline'): Promise<OfferAnswer> {
  const { organisationId, id } = await resolve(at.db, 'offer', token);
  const ctx = await at.db.inOrganisation(organisationId, async (tx) => {
    const [person] = await peopleById(tx, [(await offerById(tx, id))!.personId]);
    return contextOf(at, organisationId, tx, person!);
  });
  return answerOffer(ctx, id, answer);
}

/** The page on which an instructor acknowledges a lesson. Errors: `not-found`. */
export async function openAcknowledgementLink({ db }: LinkContext, token: string): Promise<AcknowledgementPage> {
  const { organisationId, id } = await resolve(db, 'acknowledgement', token);
  return db.inOrganisation(organisationId, async (tx) => {
    const asked = (await acknowledgementById(tx, id))!;
    const session = (await findSession(tx, asked.sessionId))!;
    const [person] = await peopleById(tx, [asked.personId]);
    const isOthers = !(await participantsOf(tx, session.id)).some((p) => p.personId === asked.personId && p.role === 'instructor');
    return { ...pageOf(session, person!), acknowledgedAt: asked.acknowledgedAt, isOthers };
  });
}

/** The button of that page. Errors: `not-found`, `illegal-move`. */
export async function acknowledgeLink(at: LinkContext, token: string): Promise<void> {
  const { organisationId, id } = await resolve(at.db, 'acknowledgement', token);
  const { ctx, asked } = await at.db.inOrganisation(organisationId, async (tx) => {
    const asked = (await acknowledgementById(tx, id))!;
    const [person] = await peopleById(tx, [asked.personId]);
    return { asked, ctx: await contextOf(at, organisationId, tx, person!) };
  });
  await acknowledge(ctx, asked.sessionId, { personId: asked.personId, by: 'link' });
}
