import { openRoomOf, type RoomRow } from '../db/rooms';
import { recordingOf } from '../db/recordings';
import { findSession, participantsOf } from '../db/sessions';
import { NOTHING_KNOWN, type ProviderAnswers } from '../decisions/provider';
import type { ActivityDeps, SessionInput } from './deps';
import type { RoomProvider } from './ports';

/** For a provider's whole answer; well inside the twenty seconds that a step has. Longer is no answer, which policy covers. */
const ANSWER_MS = 5_000;

/** What a provider says without being asked: what it can do, and whether its webhooks are its answer. */
export function unasked(provider: RoomProvider | undefined): ProviderAnswers {
  if (!provider) return NOTHING_KNOWN;
  const { presence, recording, recorder, secondRecorder } = provider.capabilities;
  return {
    room: canBeAsked(provider) ? 'no-answer' : 'cannot-be-asked',
    presence: presence === 'told' ? 'by-events' : null,
    recording: recording === 'told' ? 'by-events' : null,
    canStart: recorder !== 'none' && provider.startRecording !== undefined,
    hasToBeStarted: recorder === 'when-told',
    secondRecorder,
  };
}

const canBeAsked = ({ capabilities }: RoomProvider): boolean => capabilities.presence === 'asked' || capabilities.recording === 'asked';

interface Wanted {
  room: RoomRow;
  presence: boolean;
  recording: boolean;
}

/**
 * What is asked at this moment, by the rows: nothing while everybody is there and the recording runs, so that a lesson that goes well
 * costs its provider nothing.
 */
async function wantedOf(deps: ActivityDeps, input: SessionInput, step: string): Promise<Wanted | null> {
  return deps.db.inOrganisation(input.organisationId, async (tx) => {
    const [session, room, participants, recording] = await Promise.all([
      findSession(tx, input.sessionId),
      openRoomOf(tx, input.sessionId),
      participantsOf(tx, input.sessionId),
      recordingOf(tx, input.sessionId),
    ]);
    if (!session || !room?.providerRoomId) return null;
    const isExpected = recording?.state === 'expected' || recording?.state === 'failed';
    return {
      room,
      presence: step === 'judgeRoom' || (step !== 'judgeRecording' && participants.some((p) => p.verdict === 'waiting')),
      recording: isExpected && step !== 'openLesson',
    };
  });
}

const orNull = <T>(asked: Promise<T> | undefined, onSilence: (error: unknown) => void): Promise<T | null> =>
  asked === undefined
    ? Promise.resolve(null)
    : asked.catch((error: unknown) => {
        onSilence(error);
        return null;
      });

/**
 * Asks the room's provider, outside any transaction and with little patience; the answer goes into the step as its facts. No answer is
 * not an error: it is `unknown`, and the policy says what follows.
 */
export async function askProvider(deps: ActivityDeps, input: SessionInput, step: string): Promise<ProviderAnswers | null> {
  if (!Object.values(deps.rooms).some(canBeAsked)) return null;
  const wanted = await wantedOf(deps, input, step);
  const provider = wanted ? deps.rooms[wanted.room.provider] : undefined;
  if (!wanted || !provider || !canBeAsked(provider) || !(wanted.presence || wanted.recording)) return null;
  const id = wanted.room.providerRoomId!;
  const { presence, recording } = provider.capabilities;
  const onSilence = (error: unknown): void =>
    deps.logger.warn({ err: error, organisationId: input.organisationId, sessionId: input.sessionId }, 'the room provider did not answer');
  const signal = AbortSignal.timeout(ANSWER_MS);
  const [inside, state] = await Promise.all([
    orNull(wanted.presence && presence === 'asked' ? provider.presence?.(id, signal) : undefined, onSilence),
    orNull(wanted.recording && recording === 'asked' ? provider.recordingState?.(id, signal) : undefined, onSilence),
  ]);
  const said = unasked(provider);
  return { ...said, room: inside?.room ?? said.room, presence: inside?.inside ?? said.presence, recording: state ?? said.recording };
}
