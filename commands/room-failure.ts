import { attendanceOf, insertAttendanceEvent } from '../db/attendance';
import { markJudged, openIncidentOf, type IncidentRow } from '../db/incidents';
import { insertOpening, markFailed, openRoomOf, revokeCredentials, setRoomProvider } from '../db/rooms';
import type { HeldStepRow } from '../db/held-steps';
import type { SessionRow } from '../db/sessions';
import { addToTimeline } from '../db/timeline';
import type { Tx } from '../db/database';
import { askRoomFailure } from '../decisions/ask-room';
import type { Decision } from '../decisions/decide';
import { NOTHING_KNOWN, type ProviderAnswers } from '../decisions/provider';
import { newId } from '../domain/ids';
import { roomReason } from './held-reasons';
import { openHeldStep } from './held-steps';
import { endIncident } from './incidents';
import { endLesson } from './lesson';
import { planEvents } from './plan';

const CAN_BE_REPLACED = ['booked', 'ready', 'live'];

interface Failure {
  incident: IncidentRow;
  provider: ProviderAnswers;
  asOf: Date;
}

/** A failed room: the provider has been asked, and the rules say what is done. Safe to repeat: an incident is judged once for each room. */
export async function judgeRoom(tx: Tx, session: SessionRow, provider: ProviderAnswers, asOf: Date): Promise<void> {
  const incident = await openIncidentOf(tx, session.id, 'room-failed');
  if (!incident || incident.judgedAt) return;
  if (!CAN_BE_REPLACED.includes(session.status)) return endIncident(tx, session, incident, { outcome: 'lesson-over', asOf });
  const decision = await askRoomFailure(tx, session, { incident, provider }, asOf);
  await markJudged(tx, incident.id, decision.id, asOf);
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: 'room-failure.judged',
    actor: 'lectern',
    decisionId: decision.id,
    data: { incidentId: incident.id, next: String(decision.outcome.next) },
  });
  await follow(tx, session, { incident, provider, asOf }, decision);
}

async function follow(tx: Tx, session: SessionRow, failure: Failure, decision: Decision): Promise<void> {
  const { incident, asOf } = failure;
  switch (decision.outcome.next) {
    case 'second-room':
      return replaceRoom(tx, session, { incident, to: providerOf(decision, session), asOf });
    case 'end':
      return endByFailure(tx, session, failure);
    case 'dismiss':
      return endIncident(tx, session, incident, { outcome: 'false-alarm', asOf });
    default:
      return hold(tx, session, incident, decision, asOf);
  }
}

const providerOf = ({ outcome }: Pick<Decision, 'outcome'>, session: SessionRow): string =>
  outcome.provider == null || outcome.provider === 'same' ? session.roomProvider : String(outcome.provider);

/** What was delivered stays delivered: the lesson ends as it would at its end. */
async function endByFailure(tx: Tx, session: SessionRow, { incident, provider, asOf }: Failure): Promise<void> {
  await endIncident(tx, session, incident, { outcome: 'lesson-ended', asOf });
  if (session.status === 'live') await endLesson(tx, session, provider, asOf);
}

async function hold(tx: Tx, session: SessionRow, incident: IncidentRow, decision: Decision, asOf: Date): Promise<void> {
  const wasOpen = (await openRoomOf(tx, session.id))?.openedAt != null;
  const unanswered = String(decision.outcome.default);
  await openHeldStep(tx, {
    session,
    kind: 'room',
    subject: incident.id,
    audience: 'coordinator',
    reason: await roomReason(tx, session, { wasOpen, unanswered, decisionId: decision.id }),
    shown: { question: 'What becomes of this lesson?', provider: providerOf(decision, session), note: incident.note },
    // Before it has begun there is no lesson to end.
    options: session.status === 'live' ? ['second-room', 'end-lesson', 'dismiss'] : ['second-room', 'dismiss'],
    defaultOption: unanswered,
    deadlineAt: new Date(+asOf + Number(decision.outcome.answerWithin)),
    decisionId: decision.id,
    asOf,
  });
}

/** Whoever was in the failed room has left it, when it failed: what they were taught until then is theirs. */
async function endPresence(tx: Tx, session: SessionRow, since: Date, asOf: Date): Promise<void> {
  const open = new Map<string, { personId: string | null; at: Date; source: string; connection: string }>();
  for (const e of await attendanceOf(tx, session.id)) {
    const connection = String(e.data.connection ?? '');
    const key = `${e.personId}:${connection}`;
    if (e.kind === 'joined') open.set(key, { personId: e.personId, at: e.at, source: e.source, connection });
    if (e.kind === 'left') open.delete(key);
  }
  for (const { personId, at, source, connection } of open.values()) {
    await insertAttendanceEvent(tx, {
      id: newId(),
      sessionId: session.id,
      personId,
      kind: 'left',
      at: at > since ? at : since,
      receivedAt: asOf,
      source,
      eventId: `failed:${session.id}:${connection}:${personId}:${since.toISOString()}`,
      data: { connection, roomFailed: true },
    });
  }
}

/**
 * A second room in the place of the failed one: the old ways in are taken back, and everybody concerned is owed a new one at once.
 * The room itself is opened by the workflow, which then closes the incident.
 */
export async function replaceRoom(
  tx: Tx,
  session: SessionRow,
  { incident, to, asOf }: { incident: IncidentRow; to: string; asOf: Date },
): Promise<void> {
  const failed = await openRoomOf(tx, session.id);
  if (failed) {
    await markFailed(tx, failed.id, incident.openedAt, asOf);
    await addToTimeline(tx, {
      sessionId: session.id,
      rev: session.rev,
      at: asOf,
      kind: 'room.replaced',
      actor: 'lectern',
      data: { incidentId: incident.id, from: failed.provider, to },
    });
  }
  await endPresence(tx, session, incident.openedAt, asOf);
  await revokeCredentials(tx, session.id, asOf);
  await insertOpening(tx, { id: newId(), sessionId: session.id, rev: session.rev, provider: to, replaces: failed?.id ?? null });
  if (to !== session.roomProvider) await setRoomProvider(tx, session.id, to);
  session.roomProvider = to;
  // A room that never opened was given to nobody: the first ways in are still to be sent, and lead into this one.
  if (failed?.openedAt) await planEvents(tx, session, { event: 'room-replaced', asOf });
}

/** A coordinator's answer, or the deadline's. */
export async function answerRoom(
  tx: Tx,
  session: SessionRow,
  step: HeldStepRow,
  { decision, asOf }: { decision: string; asOf: Date },
): Promise<void> {
  const incident = await openIncidentOf(tx, session.id, 'room-failed');
  if (!incident || !CAN_BE_REPLACED.includes(session.status)) return;
  if (decision === 'second-room') {
    const { provider } = step.shown as { provider: string };
    return replaceRoom(tx, session, { incident, to: provider, asOf });
  }
  const outcome = decision === 'end-lesson' ? 'lesson-ended' : 'dismissed';
  await endIncident(tx, session, incident, { outcome, asOf });
  if (decision === 'end-lesson' && session.status === 'live') await endLesson(tx, session, NOTHING_KNOWN, asOf);
}
