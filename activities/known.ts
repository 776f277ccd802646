import { incidentDuring } from '../db/attendance';
import { changesOf, sayingsOf, type ChangeRow } from '../db/changes';
import { formersOf, type FormerRow } from '../db/participants';
import { ownOrganisation } from '../db/read/organisation';
import { notifiedGuardians, notifiedGuardiansOf, peopleById, peopleOf, type PersonRow } from '../db/people';
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
  /** Who took part and was taken off; a notice of that is all that they are still told. */
  formers: FormerRow[];
  /** What the rules say of a change, by its id: to families, or to everybody. */
  sayings: Map<string, { say: Record<string, string>; isForAll: boolean }>;
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
  const formers = session!.rev > 1 ? await readFormers(tx, sessionId) : NONE;
  const people = new Map([...formers.people, ...guardians, ...formers.guardians, ...attending].map((p) => [p.id, p]));
  const told = { people, guardians: [...guardians, ...formers.guardians], formers: formers.formers, sayings: formers.sayings };
  return { session: session!, participants, credentials, changes, organisation, incident, messages, ...told };
}

type OfChanges = Pick<Known, 'guardians' | 'formers' | 'sayings'> & { people: PersonRow[] };
const NONE: OfChanges = { people: [], guardians: [], formers: [], sayings: new Map() };

/** Only a session that was changed has any. */
async function readFormers(tx: Tx, sessionId: string): Promise<OfChanges> {
  const [formers, sayings] = await Promise.all([formersOf(tx, sessionId), sayingsOf(tx, sessionId)]);
  const ids = (role?: string): string[] => formers.filter((p) => !role || p.role === role).map((p) => p.personId);
  const [people, guardians] = await Promise.all([peopleById(tx, ids()), notifiedGuardians(tx, ids('student'))]);
  return { people, guardians, formers, sayings: new Map(sayings.map(({ id, ...said }) => [id, said])) };
}
