import { attendanceOf, incidentOverlaps, isUnmatched, type AttendanceEventRow } from '../db/attendance';
import { agreedByAll } from '../db/people';
import { coverageCounts, wayInProven } from '../db/coverage';
import { newestTranscript } from '../db/documents';
import { openRoomOf, liveCredentials } from '../db/rooms';
import { strikesThisTerm } from '../db/strikes';
import { recordingOf } from '../db/recordings';
import { participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { presenceOf, type Presence } from '../domain/attendance';
import type { DraftOrigin } from '../domain/documents';
import type { Facts } from '../policy/types';
import { decide, type Decision } from './decide';
import type { ProviderAnswers } from './provider';

const ask = (tx: Tx, session: SessionRow, point: string, subject: string, seq: string, facts: Facts, asOf: Date): Promise<Decision> =>
  decide(tx, { point, sessionId: session.id, subject, rev: session.rev, seq, facts, labels: session, bookedSetId: session.bookedSetId, asOf });

export const isPresent = (p: Pick<ParticipantRow, 'verdict'>): boolean => p.verdict === 'arrived' || p.verdict === 'late';

/** Who comes onto a running lesson is awaited from then on. */
const awaitedSince = ({ startsAt }: SessionRow, { joinedAt }: ParticipantRow): Date => (joinedAt && joinedAt > startsAt ? joinedAt : startsAt);

/** When somebody was in the room, by the events that name them. */
export const presenceIn = (events: AttendanceEventRow[], personId: string | undefined, until: Date): Presence =>
  presenceOf(
    events
      .filter((e) => e.personId === personId && (e.kind === 'joined' || e.kind === 'left'))
      .map((e) => ({ kind: e.kind as 'joined' | 'left', atMs: +e.at, connection: String(e.data.connection ?? '') })),
    +until,
  );

/** Whether somebody is there by the provider's list, or where it speaks by webhook alone by what it has said. */
function providerSaysOf({ presence }: ProviderAnswers, personId: string, isPresentByEvents: boolean): 'present' | 'absent' | 'unknown' {
  if (presence === null) return 'unknown';
  return (presence === 'by-events' ? isPresentByEvents : presence.some((p) => p.personId === personId)) ? 'present' : 'absent';
}

/** Asks for one participant who has not arrived. Facts: what speaks for and against fault, from attendance events and rows. */
export async function askNoShow(tx: Tx, session: SessionRow, participant: ParticipantRow, provider: ProviderAnswers, asOf: Date): Promise<Decision> {
  const [participants, events, credentials, incidentOverlapped, proven] = await Promise.all([
    participantsOf(tx, session.id),
    attendanceOf(tx, session.id),
    liveCredentials(tx, session.id),
    incidentOverlaps(tx, session.id, awaitedSince(session, participant), asOf),
    wayInProven(tx, session.id),
  ]);
  const credential = credentials.find((c) => c.personId === participant.personId);
  const presence = presenceIn(events, participant.personId, asOf);
  const facts: Facts = {
    lateBy: Math.max(0, +asOf - +awaitedSince(session, participant)),
    isTrial: session.isTrial,
    linkOpened: credential?.openedAt != null && credential.provenAt == null,
    credentialProven: credential?.provenAt != null,
    wayInProven: proven.has(participant.personId),
    unmatchedInRoom: events.some(isUnmatched),
    incidentOverlapped,
    providerSays: providerSaysOf(provider, participant.personId, presence.presentAt(+asOf)),
  };
  const students = participants.filter((p) => p.role === 'student');
  if (participant.role === 'instructor')
    Object.assign(facts, { studentsPresent: students.filter(isPresent).length, remaining: Math.max(0, +session.endsAt - +asOf) });
  else {
    const instructor = participants.find((p) => p.role === 'instructor');
    const presence = presenceIn(events, instructor?.personId, asOf);
    const since = presence.sinceAt(+asOf);
    facts.strikesThisTerm = (await strikesThisTerm(tx, session.id)).get(participant.personId) ?? 0;
    facts.instructorVerdict = instructor?.verdict;
    facts.instructorPresent = instructor !== undefined && isPresent(instructor);
    // Somebody may have said that the instructor came without an event telling when: then it is not known since when.
    const isUnknown = facts.instructorPresent && presence.firstJoinMs === null;
    if (!isUnknown) facts.instructorThereFor = since === null ? 0 : +asOf - Math.max(since, +session.startsAt);
  }
  const point = participant.role === 'instructor' ? 'no-show.instructor' : 'no-show.student';
  return ask(tx, session, point, participant.personId, asOf.toISOString(), facts, asOf);
}

export async function askRecording(
  tx: Tx,
  session: SessionRow,
  stage: 'lesson' | 'start' | 'ready',
  provider: ProviderAnswers,
  asOf: Date,
): Promise<Decision> {
  const [recording, participants, transcript] = await Promise.all([
    recordingOf(tx, session.id),
    participantsOf(tx, session.id),
    newestTranscript(tx, session.id),
  ]);
  const agreed = await agreedByAll(
    tx,
    participants.map((p) => p.personId),
  );
  const running = recording?.state === 'started' || recording?.state === 'ready';
  const facts: Facts = {
    stage,
    everyoneConsents: agreed.recording,
    providerSays: provider.recording === 'by-events' ? (running ? 'recording' : 'not-recording') : (provider.recording ?? 'unknown'),
    lateBy: Math.max(0, +asOf - +(stage === 'ready' ? session.endsAt : session.startsAt)),
    failed: recording?.state === 'failed',
    transcriptPresent: transcript !== undefined,
    hasToBeStarted: provider.hasToBeStarted,
    canStart: provider.canStart,
    starts: recording?.starts ?? 0,
    secondRecorder: provider.secondRecorder,
    secondTried: recording?.secondAt != null,
  };
  return ask(tx, session, 'recording', session.id, `${stage}:${asOf.toISOString()}`, facts, asOf);
}

export async function askCoverage(tx: Tx, session: SessionRow, asOf: Date): Promise<Decision> {
  const [room, counts] = await Promise.all([openRoomOf(tx, session.id), coverageCounts(tx, session.id)]);
  const facts: Facts = { roomOpen: room?.state === 'open', ...counts, untilStart: +session.startsAt - +asOf };
  return ask(tx, session, 'coverage', session.id, 'gate', facts, asOf);
}

export async function askReview(
  tx: Tx,
  session: SessionRow,
  draft: { documentId: string; hash: string; origin: DraftOrigin; modelRefused: boolean; claims: number },
  asOf: Date,
): Promise<Decision> {
  const arrived = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student' && isPresent(p)).length;
  const facts: Facts = { origin: draft.origin, modelRefused: draft.modelRefused, claims: draft.claims, arrived, isTrial: session.isTrial };
  return ask(tx, session, 'documentation.review', draft.documentId, draft.hash, facts, asOf);
}
