import { incidentDuring } from '../db/attendance';
import { changesOf, type ChangeRow } from '../db/changes';
import { ownOrganisation } from '../db/read/organisation';
import { notifiedGuardiansOf, peopleOf, type PersonRow } from '../db/people';
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
  organisation: { name: string; locale: string };
  /** Whether an incident overlapped the lesson. */
  incident: boolean;
  messages: RuleFile[];
}

export async function readKnown(tx: Tx, sessionId: string): Promise<Known> {
  const [session, participants, attending, guardians, credentials, changes, organisation, incident, { messages }] = await Promise.all([
    findSession(tx, sessionId),
    participantsOf(tx, sessionId),
    peopleOf(tx, sessionId),
    notifiedGuardiansOf(tx, sessionId),
    currentCredentials(tx, sessionId),
    changesOf(tx, sessionId),
    ownOrganisation(tx),
    incidentDuring(tx, sessionId),
    loadActiveSet(tx),
  ]);
  const people = new Map([...guardians, ...attending].map((p) => [p.id, p]));
  return { session: session!, participants, people, guardians, credentials, changes, organisation, incident, messages };
}
