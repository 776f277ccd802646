import { endIncident } from '../commands/incidents';
import { judgeAgain, openIncidentOf } from '../db/incidents';
import { recordingEndedWithRoom, recordingOf, recordingWasAskedFor } from '../db/recordings';
import { markEvicted, openRoomOf, roomById, toEvict, type RoomRow } from '../db/rooms';
import { findSession, lockSession, type SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { SessionView } from '../db/view';
import type { Tx } from '../db/database';
import { isTerminal } from '../domain/status';
import { dispatchDue, type Dispatch } from './dispatch';
import { closeAtProvider, furnish, openAtProvider } from './furnish';
import { isPassed, type ActivityDeps, type SessionInput } from './deps';

/** For one thing that a provider is told. */
const TELL_MS = 10_000;
/** How often it is looked whether somebody who was put out is back while what they hold leads in; in real time. */
const LOOK_EVERY_MS = 30_000;

interface Tended {
  session: SessionRow;
  room: RoomRow;
}

/**
 * Does what the rows want of the room's provider: opens a second room and gives everybody their way in, puts out whose way in was taken
 * back, starts or stops a recording. Safe to repeat because each thing is done by the row that wants it, and is marked in that row.
 */
export async function tendRoom(deps: ActivityDeps, input: SessionInput, dispatch: Dispatch = dispatchDue): Promise<SessionView> {
  const read = await deps.db.inOrganisation(input.organisationId, async (tx) => ({
    session: (await findSession(tx, input.sessionId))!,
    room: await openRoomOf(tx, input.sessionId),
  }));
  const { session, room } = read;
  if (!isTerminal(session.status) && !isPassed(input, session)) {
    if (room?.state === 'opening') await openSecond(deps, input, { session, room });
    else if (room) await putOut(deps, input, { session, room });
    await tellRecorder(deps, input);
  }
  return dispatch(deps, input);
}

/** A second room that cannot be opened has failed like the first: the rules are asked again, and know how many there were. */
async function openSecond(deps: ActivityDeps, input: SessionInput, { session, room }: Tended): Promise<void> {
  const asOf = new Date(input.asOf);
  const opened = await openAtProvider(deps, input, { room, session }).catch((error: unknown) => {
    deps.logger.warn({ err: error, organisationId: input.organisationId, sessionId: session.id }, 'a second room could not be opened');
    return null;
  });
  const failed = await deps.db.inOrganisation(input.organisationId, async (tx) => {
    const locked = await lockSession(tx, session.id);
    const incident = await openIncidentOf(tx, session.id, 'room-failed');
    if (!opened) {
      if (incident) await judgeAgain(tx, incident.id);
      return undefined;
    }
    await furnish(deps, tx, { session: locked, room, opened, asOf });
    await recordingEndedWithRoom(tx, session.id, asOf);
    if (incident) await endIncident(tx, locked, incident, { outcome: 'second-room', asOf });
    return room.replaces ? roomById(tx, room.replaces) : undefined;
  });
  if (failed) await closeAtProvider(deps, failed);
}

/** Somebody is put out on every device that is in now; noted where they were in, because it is looked for them more than once. */
async function putOut(deps: ActivityDeps, input: SessionInput, { session, room }: Tended): Promise<void> {
  if (!room.revocable) return;
  const inOrganisation = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => deps.db.inOrganisation(input.organisationId, work);
  const out = await inOrganisation((tx) => toEvict(tx, room));
  const provider = deps.rooms[room.provider];
  const ends = await Promise.all(
    out.map(async ({ personId }) => {
      try {
        const devices = (await provider?.remove?.(room.providerRoomId!, personId, AbortSignal.timeout(TELL_MS))) ?? 0;
        return devices > 0 ? [{ personId, kind: 'participant.removed' }] : [];
      } catch (error) {
        // Not tried in a circle: it is looked for them again, and whoever comes in is told of by the provider, and put out then.
        deps.logger.warn({ err: error, organisationId: input.organisationId, sessionId: session.id }, 'somebody could not be put out of a room');
        return [{ personId, kind: 'participant.not-removed' }];
      }
    }),
  );
  const at = new Date(input.asOf);
  const { rate } = deps.clock;
  const noted = ends.flat();
  const stillIn = noted.filter((n) => n.kind === 'participant.not-removed').map((n) => n.personId);
  await inOrganisation(async (tx) => {
    await markEvicted(tx, room, { at, wayInMs: (provider?.capabilities.wayInMs ?? 0) * rate, lookEveryMs: LOOK_EVERY_MS * rate, stillIn });
    for (const { personId, kind } of noted)
      await addToTimeline(tx, { sessionId: session.id, rev: session.rev, at, kind, actor: 'lectern', data: { personId } });
  });
}

/** Whether it runs is said by its events, or asked when it should; here the provider is only told, to start or to stop. */
async function tellRecorder(deps: ActivityDeps, input: SessionInput): Promise<void> {
  const [recording, room] = await deps.db.inOrganisation(input.organisationId, (tx) =>
    Promise.all([recordingOf(tx, input.sessionId), openRoomOf(tx, input.sessionId)]),
  );
  if (!recording?.wanted) return;
  const { wanted } = recording;
  const what = wanted === 'stop' ? 'stop' : 'start';
  let kind = `recording.${what}-asked`;
  try {
    await tell(deps, room, wanted);
  } catch (error) {
    kind = `recording.${what}-failed`;
    deps.logger.warn({ err: error, organisationId: input.organisationId, sessionId: input.sessionId }, `a recording: ${what} failed`);
  }
  await deps.db.inOrganisation(input.organisationId, async (tx) => {
    const session = await lockSession(tx, input.sessionId);
    await recordingWasAskedFor(tx, session.id);
    await addToTimeline(tx, {
      sessionId: session.id,
      rev: session.rev,
      at: new Date(input.asOf),
      kind,
      actor: 'lectern',
      data: wanted === 'stop' ? {} : { recorder: wanted },
    });
  });
}

async function tell(deps: ActivityDeps, room: RoomRow | undefined, wanted: 'first' | 'second' | 'stop'): Promise<void> {
  const provider = room && deps.rooms[room.provider];
  const signal = AbortSignal.timeout(TELL_MS);
  if (room?.state !== 'open') throw new Error('The room is not open.');
  if (wanted === 'stop') return provider?.stopRecording?.(room.providerRoomId!, signal);
  if (!provider?.startRecording) throw new Error('There is nobody who could be told to record.');
  await provider.startRecording(room.providerRoomId!, wanted, signal);
}
