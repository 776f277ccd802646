import {
  AccessToken,
  EgressClient,
  EgressStatus,
  EncodedFileOutput,
  ParticipantInfo_State,
  RoomServiceClient,
  type EgressInfo,
  type ParticipantInfo,
} from 'livekit-server-sdk';
import { businessNow, type BusinessClock } from '../../domain/clock';
import { ATTENDING_KINDS, identityOf, liveKitRoomName, newIdentity } from '../../domain/livekit-names';
import type { InRoom } from '../../decisions/provider';
import type { RoomProvider } from '../ports';

export interface LiveKitSettings {
  /** wss:// or https://, as its clients are told it. */
  url: string;
  apiKey: string;
  apiSecret: string;
  /** A page that joins a room by `liveKitUrl` and `token` in its address; without one Lectern shows how to join. */
  meetUrl?: string | undefined;
}

/** A token is for coming in now; who is in gets new ones from the server. What somebody keeps of it is worthless soon. */
const TOKEN_SECONDS = 120;
/** So long LiveKit takes a token after its time, because clocks differ (`tokenLeeway` of its verifier). */
const LEEWAY_SECONDS = 60;
/** The requests of the SDK itself; whoever asks may have less patience, and stops waiting. */
const REQUEST_SECONDS = 10;
const RECORDING = [EgressStatus.EGRESS_STARTING, EgressStatus.EGRESS_ACTIVE];

/** Ends the waiting for a request that takes no signal. */
function within<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('LiveKit did not answer in time.'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

const isNotFound = (error: unknown): boolean => (error as { status?: number }).status === 404 || (error as { code?: string }).code === 'not_found';
const orNothing = (error: unknown): void => {
  if (!isNotFound(error)) throw error;
};

function inRoom(p: ParticipantInfo, clock: BusinessClock): InRoom {
  const joinedMs = Number(p.joinedAtMs) || Number(p.joinedAt) * 1000;
  return {
    personId: identityOf(p.identity),
    identity: identityOf(p.identity) ? null : p.identity,
    connection: p.sid,
    name: p.name || null,
    joinedAt: joinedMs > 0 ? new Date(businessNow(clock, joinedMs)) : null,
  };
}

/**
 * Rooms of a LiveKit server. It is asked who is there and whether it records: its webhooks are dropped when it is busy. People come in
 * under identities of ours, so that its lists and events name them; each device has one of its own, because LiveKit puts a first
 * device out when a second comes in under the same.
 */
export function createLiveKitRooms(settings: LiveKitSettings, clock: BusinessClock): RoomProvider {
  const { url, apiKey, apiSecret, meetUrl } = settings;
  const host = url.replace(/^ws/, 'http');
  const options = { requestTimeout: REQUEST_SECONDS, failover: false };
  const rooms = new RoomServiceClient(host, apiKey, apiSecret, options);
  const egress = new EgressClient(host, apiKey, apiSecret, options);
  const attending = async (room: string): Promise<ParticipantInfo[]> =>
    (await rooms.listParticipants(room)).filter((p) => ATTENDING_KINDS.includes(p.kind) && p.state !== ParticipantInfo_State.DISCONNECTED);

  const running = async (roomName: string, signal: AbortSignal): Promise<EgressInfo[]> =>
    (await within(egress.listEgress({ roomName, active: true }), signal)).filter((e) => RECORDING.includes(e.status));

  return {
    name: 'livekit',
    capabilities: {
      presence: 'asked',
      recording: 'asked',
      recorder: 'when-told',
      secondRecorder: false,
      revocation: true,
      wayInMs: (TOKEN_SECONDS + LEEWAY_SECONDS) * 1000,
    },
    async open({ organisationId, sessionId, roomId, publicUrl, keptForMs }, signal) {
      const name = liveKitRoomName({ organisationId, sessionId, roomId });
      // Kept while nobody is in it: a room that is gone in mid-lesson is then one that failed.
      const seconds = Math.ceil(keptForMs / 1000);
      await within(rooms.createRoom({ name, emptyTimeout: seconds, departureTimeout: seconds }), signal);
      return { providerRoomId: name, url: `${publicUrl}/room/${roomId}` };
    },
    async close(room, signal) {
      await within(rooms.deleteRoom(room), signal).catch(orNothing);
    },
    async presence(room, signal) {
      const [found] = await within(rooms.listRooms([room]), signal);
      if (!found) return { room: 'gone', inside: [] };
      return { room: 'there', inside: (await within(attending(room), signal)).map((p) => inRoom(p, clock)) };
    },
    async recordingState(room, signal) {
      return (await running(room, signal)).length > 0 ? 'recording' : 'not-recording';
    },
    async startRecording(room, _which, signal) {
      const output = new EncodedFileOutput({ filepath: 'lectern/{room_name}-{time}.mp4' });
      await within(egress.startRoomCompositeEgress(room, output), signal);
    },
    async stopRecording(room, signal) {
      for (const { egressId } of await running(room, signal)) await within(egress.stopEgress(egressId), signal).catch(orNothing);
    },
    async credential(room, { personId, name }) {
      const token = new AccessToken(apiKey, apiSecret, { identity: newIdentity(personId), name, ttl: TOKEN_SECONDS });
      token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true });
      const jwt = await token.toJwt();
      const page = meetUrl === undefined ? null : new URL(meetUrl);
      page?.searchParams.set('liveKitUrl', url);
      page?.searchParams.set('token', jwt);
      return { url: page?.href ?? url, token: jwt, isPage: page !== null };
    },
    async remove(room, personId, signal) {
      // In a room that is gone there is nobody.
      const listed = await within(attending(room), signal).catch((error: unknown): ParticipantInfo[] => {
        orNothing(error);
        return [];
      });
      const theirs = listed.filter((p) => identityOf(p.identity) === personId);
      // Where the server knows it, the tokens that were made until now are refused as well; the time is the server's own.
      for (const { identity } of theirs) await within(rooms.removeParticipant(room, identity), signal).catch(orNothing);
      return theirs.length;
    },
    async check(signal) {
      await within(rooms.listRooms(['lectern-doctor']), signal);
    },
  };
}
