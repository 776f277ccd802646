import { EgressStatus, type EgressInfo, type ParticipantInfo, type WebhookEvent } from 'livekit-server-sdk';
import { sha256 } from '../../domain/ids';
import { ATTENDING_KINDS, identityOf, namesOf } from '../../domain/livekit-names';

/** An event of LiveKit's in our words. `atMs`: real time, by the server's clock. */
export interface Told {
  organisationId: string;
  eventId: string;
  type: string;
  atMs: number;
  data: { sessionId: string } & Record<string, string>;
}
type Said = Pick<Told, 'type'> & { atMs?: number; data?: Record<string, string> };

const isHttp = (url: string | undefined): url is string => url !== undefined && /^https?:\/\//.test(url);

function presenceOf(p: ParticipantInfo | undefined, type: 'participant.joined' | 'participant.left', createdMs: number): Said | null {
  // A recorder is a participant too, and nobody who attends.
  if (!p || !ATTENDING_KINDS.includes(p.kind)) return null;
  const joinedMs = Number(p.joinedAtMs) || Number(p.joinedAt) * 1000 || createdMs;
  const personId = identityOf(p.identity);
  return {
    type,
    // Events are told in whole seconds: who leaves in the second of their coming has not left before.
    atMs: type === 'participant.joined' ? joinedMs : Math.max(createdMs, joinedMs),
    data: { connection: p.sid, ...(personId ? { personId } : { identity: p.identity.slice(0, 200) }), ...(p.name && { name: p.name.slice(0, 200) }) },
  };
}

function recordingOf(e: EgressInfo | undefined, ended: boolean): Said | null {
  if (!ended) return e?.status === EgressStatus.EGRESS_ACTIVE || e?.status === EgressStatus.EGRESS_STARTING ? { type: 'recording.started' } : null;
  // One that came to its longest is whole up to there.
  const isDone = e?.status === EgressStatus.EGRESS_COMPLETE || e?.status === EgressStatus.EGRESS_LIMIT_REACHED;
  if (!isDone) return { type: 'recording.failed', data: e?.error ? { reason: e.error.slice(0, 500) } : {} };
  const location = e.fileResults[0]?.location;
  return { type: 'recording.ready', data: isHttp(location) ? { url: location } : {} };
}

function said(event: WebhookEvent, createdMs: number): Said | null {
  switch (event.event) {
    case 'participant_joined':
      return presenceOf(event.participant, 'participant.joined', createdMs);
    case 'participant_left':
    case 'participant_connection_aborted':
      return presenceOf(event.participant, 'participant.left', createdMs);
    case 'room_finished':
      // Rooms are kept until their lesson is over: one that ends by itself before has failed. Whether it did is seen where it is applied.
      return { type: 'room.failed', data: { reason: 'The room has ended at its provider.' } };
    case 'egress_started':
    case 'egress_updated':
      return recordingOf(event.egressInfo, false);
    case 'egress_ended':
      return recordingOf(event.egressInfo, true);
    default:
      return null;
  }
}

/** What an event says in our words; null when it says nothing that matters here, or is about no room of ours. */
export function eventOf(event: WebhookEvent): Told | null {
  const names = namesOf(event.room?.name || event.egressInfo?.roomName);
  const createdMs = Number(event.createdAt) * 1000;
  const what = names && said(event, createdMs);
  if (!what) return null;
  const { organisationId, sessionId, roomId } = names;
  const data = { ...what.data, sessionId, ...(what.type === 'room.failed' && { roomId }) };
  // A server that gives no id is one of long ago; the meaning then tells a repeat.
  const eventId = event.id || sha256(JSON.stringify([event.event, createdMs, data]));
  return { organisationId, eventId, type: what.type, atMs: what.atMs ?? createdMs, data };
}
