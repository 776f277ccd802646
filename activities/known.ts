import { incidentOverlaps } from '../db/attendance';
import { changesOf, type ChangeRow } from '../db/changes';
import { organisationName } from '../db/organisations';
import { notifiedGuardians, peopleById, type PersonRow } from '../db/people';
import { currentCredentials, type CredentialRow } from '../db/rooms';
import { findSession, participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import type { RuleFile } from '../db/rule-sets';
import type { Tx } from '../db/database';
import { loadActiveSet } from '../decisions/rule-sets';

/** What the messages of a session have in common, read once for all that are due together. */
export interface Known {
  session: SessionRow;
  participants: ParticipantRow[];
  /** Participants and their notified guardians, by id. */
  people: Map<string, PersonRow>;
  /** Who may be told about a student, a row for each pair. */
  guardians: (PersonRow & { studentId: string })[];
  credentials: CredentialRow[];
  changes: ChangeRow[];
  organisation: string;
  /** Whether an incident overlapped the lesson. */
  incident: boolean;
  messages: RuleFile[];
}

export async function readKnown(tx: Tx, sessionId: string): Promise<Known> {
  const session = (await findSession(tx, sessionId))!;
  const participants = await participantsOf(tx, sessionId);
  const found = await peopleById(
    tx,
    participants.map((p) => p.personId),
  );
  const guardians = await notifiedGuardians(
    tx,
    participants.filter((p) => p.role === 'student').map((p) => p.personId),
  );
  return {
    session,
    participants,
    people: new Map([...guardians, ...found].map((p) => [p.id, p])),
    guardians,
    credentials: await currentCredentials(tx, sessionId),
    changes: await changesOf(tx, sessionId),
    organisation: await organisationName(tx),
    incident: await incidentOverlaps(tx, session.id, session.startsAt, session.endsAt),
    messages: (await loadActiveSet(tx)).messages,
  };
}
