import { attendanceOf } from '../db/attendance';
import type { IncidentRow } from '../db/incidents';
import { countRooms } from '../db/rooms';
import { participantsOf, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { presenceIn } from './ask';
import { decide, type Decision } from './decide';
import type { ProviderAnswers } from './provider';

/** Asks what is done about a failed room. Facts: what its provider says now, who was in it, how long the lesson still is. */
export async function askRoomFailure(
  tx: Tx,
  session: SessionRow,
  { incident, provider }: { incident: IncidentRow; provider: ProviderAnswers },
  asOf: Date,
): Promise<Decision> {
  const [participants, events, roomsOpened] = await Promise.all([
    participantsOf(tx, session.id),
    attendanceOf(tx, session.id),
    countRooms(tx, session.id, session.rev),
  ]);
  const until = incident.openedAt;
  return decide(tx, {
    point: 'room-failure',
    sessionId: session.id,
    subject: incident.id,
    rev: session.rev,
    seq: `room-${roomsOpened}`,
    facts: {
      reportedBy: incident.reportedBy,
      providerSays: provider.room,
      hasBegun: asOf >= session.startsAt,
      timeLeft: Math.max(0, +session.endsAt - +asOf),
      present: participants.filter((p) => presenceIn(events, p.personId, until).presentAt(+until)).length,
      roomsOpened,
    },
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf,
  });
}
