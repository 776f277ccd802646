import { arrive } from './arrivals';
import { insertAttendanceEvent } from '../db/attendance';
import { credentialById, markCredential, openRoomOf, replacementOf, type CredentialRow } from '../db/rooms';
import { findSession, lockSession, participantsOf, type SessionRow } from '../db/sessions';
import { peopleById } from '../db/people';
import { row, type Database, type Tx } from '../db/database';
import { wake } from '../db/timeline';
import { LecternError, notFound } from '../domain/errors';
import { newId, sha256 } from '../domain/ids';

export interface JoinPage {
  organisationId: string;
  sessionTitle: string;
  personGivenName: string;
  startsAt: Date;
  endsAt: Date;
  zone: string;
  locale: string;
  status: string;
  revoked: boolean;
}
/** Where somebody who has arrived goes on to. */
export interface Arrival {
  roomUrl: string;
  provider: string;
  providerRoomId: string;
  person: { personId: string; name: string };
  locale: string;
}
interface When {
  asOf: Date;
}

async function withCredential<T>(
  db: Database,
  token: string,
  work: (tx: Tx, credential: CredentialRow, organisationId: string) => Promise<T>,
): Promise<T> {
  const found = await row<{ organisationId: string; credentialId: string }>(db.crossing, 'SELECT * FROM resolve_credential(?)', [sha256(token)]);
  if (!found) throw new LecternError('not-found', 'This link is not known.');
  return db.inOrganisation(found.organisationId, async (tx) => {
    const credential = await credentialById(tx, found.credentialId);
    if (!credential) throw notFound('credential', found.credentialId);
    return work(tx, credential, found.organisationId);
  });
}

/** The join page of a participant. Looking is not arriving: it is remembered, because it speaks against fault. */
export function openJoinLink(db: Database, token: string, { asOf }: When): Promise<JoinPage> {
  return withCredential(db, token, async (tx, credential, organisationId) => {
    const session = (await findSession(tx, credential.sessionId))!;
    const [person] = await peopleById(tx, [credential.personId]);
    await markCredential(tx, credential.id, 'opened_at', asOf);
    return {
      organisationId,
      sessionTitle: session.title,
      personGivenName: person!.givenName,
      startsAt: session.startsAt,
      endsAt: session.endsAt,
      zone: person!.zone,
      locale: person!.locale,
      status: session.status,
      revoked: (await currentOf(tx, credential)).revokedAt !== null,
    };
  });
}

/** Whoever presses the button of the link that they have while a second room is open in the place of theirs is led into that one. */
const currentOf = async (tx: Tx, credential: CredentialRow): Promise<CredentialRow> =>
  credential.revokedAt ? ((await replacementOf(tx, credential)) ?? credential) : credential;

function refuseOver(session: SessionRow, credential: CredentialRow): void {
  if (credential.revokedAt) throw new LecternError('link-expired', 'This link is no longer valid; a newer message holds the right one.');
  if (!['booked', 'ready', 'live'].includes(session.status)) throw new LecternError('link-expired', `This lesson is ${session.status}.`);
}

/**
 * The button on the join page: records the arrival and gives the room. Pressing it twice changes nothing. Errors: `unavailable`
 * before the doors open, `link-expired` when the lesson is over or the way in was replaced.
 */
export function recordArrival(db: Database, token: string, { asOf }: When): Promise<Arrival> {
  return withCredential(db, token, async (tx, given) => {
    const session = await lockSession(tx, given.sessionId);
    const credential = await currentOf(tx, given);
    refuseOver(session, credential);
    const room = await openRoomOf(tx, session.id);
    // Whoever tries their link the day before has not arrived, and could never be missed.
    if (asOf < session.doorsAt) throw new LecternError('unavailable', `The room opens at ${session.doorsAt.toISOString()}.`);
    if (!room?.url) throw new LecternError('unavailable', 'The room is not open yet; try again in a moment.');
    await markCredential(tx, credential.id, 'proven_at', asOf);
    const isNew = await insertAttendanceEvent(tx, {
      id: newId(),
      sessionId: session.id,
      personId: credential.personId,
      kind: 'joined',
      at: asOf,
      receivedAt: asOf,
      source: 'join-page',
      eventId: `${credential.id}`,
      data: { connection: 'join-page' },
    });
    const participant = (await participantsOf(tx, session.id)).find((p) => p.personId === credential.personId);
    if (isNew && participant && (await arrive(tx, session, participant, asOf, asOf))) await wake(tx, session.id);
    const [person] = await peopleById(tx, [credential.personId]);
    return {
      roomUrl: room.url,
      provider: room.provider,
      providerRoomId: room.providerRoomId!,
      person: { personId: credential.personId, name: person!.name },
      locale: person!.locale,
    };
  });
}
