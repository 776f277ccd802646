import { attendanceOf, insertAttendanceEvent, personBehind, type AttendanceEventRow } from '../db/attendance';
import { evictAgain } from '../db/rooms';
import { participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import type { InRoom } from '../decisions/provider';
import { newId } from '../domain/ids';
import { arrive } from './arrivals';

const isOf = (connection: string) => (e: AttendanceEventRow) => e.data.connection === connection;

/** Connections that a source has reported as open and not as closed since. */
function openConnections(events: AttendanceEventRow[], source: string): Map<string, AttendanceEventRow> {
  const open = new Map<string, AttendanceEventRow>();
  for (const e of events.filter((f) => f.source === source && f.data.connection)) {
    const connection = String(e.data.connection);
    if (e.kind === 'joined' && !open.has(connection)) open.set(connection, e);
    if (e.kind === 'left') open.delete(connection);
  }
  return open;
}

interface Noted {
  session: SessionRow;
  participants: ParticipantRow[];
  events: AttendanceEventRow[];
  asOf: Date;
}

async function noteJoined(tx: Tx, { session, participants, events, asOf }: Noted, listed: InRoom): Promise<void> {
  // Whose way in was taken back and who is in all the same is put out again, whether or not an event told of their coming.
  if (listed.personId && !participants.some((p) => p.personId === listed.personId)) await evictAgain(tx, session.id, listed.personId);
  if (events.some((e) => e.kind === 'joined' && isOf(listed.connection)(e))) return;
  // One who came in under a name of their own may have been matched by a person before.
  const remembered = listed.personId || !listed.identity ? undefined : await personBehind(tx, session.roomProvider, listed.identity);
  const participant = participants.find((p) => p.personId === (listed.personId ?? remembered));
  const at = listed.joinedAt && listed.joinedAt < asOf ? listed.joinedAt : asOf;
  const isNew = await insertAttendanceEvent(tx, {
    id: newId(),
    sessionId: session.id,
    personId: participant?.personId ?? null,
    kind: 'joined',
    at,
    receivedAt: asOf,
    source: session.roomProvider,
    eventId: `listed:${listed.connection}`,
    data: {
      connection: listed.connection,
      name: listed.name ?? '',
      listed: true,
      ...(listed.identity && { identity: listed.identity }),
      ...(remembered && { matchedBy: 'memory' }),
    },
  });
  if (isNew && participant) await arrive(tx, session, participant, at, asOf);
}

/**
 * The provider's own list corrects what its webhooks did not say: who is listed has come, though no event told it; who is not listed
 * any more has left. Safe to repeat: each connection is noted once.
 */
export async function notePresence(tx: Tx, session: SessionRow, inside: readonly InRoom[], asOf: Date): Promise<void> {
  const [participants, events] = await Promise.all([participantsOf(tx, session.id), attendanceOf(tx, session.id)]);
  for (const listed of inside) await noteJoined(tx, { session, participants, events, asOf }, listed);
  for (const [connection, joined] of openConnections(events, session.roomProvider)) {
    if (joined.at >= asOf || inside.some((i) => i.connection === connection)) continue;
    await insertAttendanceEvent(tx, {
      id: newId(),
      sessionId: session.id,
      personId: joined.personId,
      kind: 'left',
      at: asOf,
      receivedAt: asOf,
      source: session.roomProvider,
      eventId: `unlisted:${connection}:${asOf.toISOString()}`,
      data: { connection, listed: true },
    });
  }
}
