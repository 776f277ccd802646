import { closeIncidentRow, incidentById, insertIncident, openIncidentOf, type IncidentRow } from '../db/incidents';
import { withdrawHeldStep } from '../db/held-steps';
import { openRoomOf } from '../db/rooms';
import { lockSession, type SessionRow } from '../db/sessions';
import { addAudit } from '../db/audit';
import { addToTimeline, wake } from '../db/timeline';
import type { Tx } from '../db/database';
import { LecternError, notFound } from '../domain/errors';
import { newId } from '../domain/ids';
import type { SessionStatus } from '../domain/status';
import type { IncidentKind } from '../domain/vocabulary';
import { planEvents } from './plan';
import type { Context } from './context';

/** While a session is in one of these something can go wrong with its lesson. */
const CAN_FAIL: readonly SessionStatus[] = ['booked', 'ready', 'live'];

export interface Report {
  kind: IncidentKind;
  reportedBy: IncidentRow['reportedBy'];
  note: string | null;
  openedBy: string | null;
  /** Since when, by whoever tells of it. */
  since: Date;
  asOf: Date;
}

/**
 * Opens an incident on the locked session, tells those concerned, and calls the workflow, which asks the rules about a failed room.
 * Gives the incident; one that is open already stays the one there is.
 */
export async function report(tx: Tx, session: SessionRow, { asOf, since, ...r }: Report): Promise<IncidentRow> {
  const room = await openRoomOf(tx, session.id);
  const openedAt = since < asOf ? since : asOf;
  const id = newId();
  const isNew = await insertIncident(tx, { ...r, id, sessionId: session.id, roomId: room?.id ?? null, openedAt });
  if (isNew) {
    await addToTimeline(tx, {
      sessionId: session.id,
      rev: session.rev,
      at: openedAt,
      kind: 'incident.opened',
      actor: r.openedBy ?? (r.reportedBy === 'provider' ? session.roomProvider : 'lectern'),
      data: { incidentId: id, incident: r.kind, note: r.note },
    });
    await planEvents(tx, session, { event: 'incident-opened', asOf, eventAt: openedAt });
    await wake(tx, session.id);
  }
  return (await openIncidentOf(tx, session.id, r.kind))!;
}

interface End {
  outcome: string;
  asOf: Date;
  by?: string | null;
}

/** Ends an incident and says so to those who were told of it; what a person was asked about it is not asked any more. */
export async function endIncident(tx: Tx, session: SessionRow, incident: IncidentRow, { outcome, asOf, by = null }: End): Promise<void> {
  if (!(await closeIncidentRow(tx, incident.id, { at: asOf, by, outcome }))) return;
  await withdrawHeldStep(tx, session.id, 'room', incident.id, asOf);
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: 'incident.closed',
    actor: by ?? 'lectern',
    data: { incidentId: incident.id, incident: incident.kind, outcome },
  });
  await planEvents(tx, session, { event: 'incident-closed', asOf });
}

/** A lesson that ends takes its incidents with it. */
export async function endIncidents(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  for (const kind of ['room-failed', 'technical']) {
    const open = await openIncidentOf(tx, session.id, kind);
    if (open) await endIncident(tx, session, open, { outcome: 'lesson-over', asOf });
  }
}

/** A coordinator says that something is wrong with a lesson. Errors: `not-found`, `illegal-move` when there is nothing (any more) that could be. */
export function openIncident(
  ctx: Context,
  sessionId: string,
  input: { kind: IncidentKind; note?: string | undefined; since?: Date | undefined },
): Promise<IncidentRow> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await lockSession(tx, sessionId);
    if (!CAN_FAIL.includes(session.status)) {
      throw new LecternError('illegal-move', `Session ${sessionId} is ${session.status}; an incident is opened before or while the lesson runs.`);
    }
    if (input.kind === 'room-failed' && !(await openRoomOf(tx, sessionId))) {
      throw new LecternError('illegal-move', `Session ${sessionId} has no room yet that could fail; it opens at ${session.roomAt.toISOString()}.`);
    }
    const { principal, asOf } = ctx;
    const incident = await report(tx, session, {
      kind: input.kind,
      reportedBy: 'coordinator',
      note: input.note ?? null,
      openedBy: principal.id,
      since: input.since ?? asOf,
      asOf,
    });
    await addAudit(tx, ctx, 'incident.open', 'incident', incident.id, { sessionId, kind: input.kind });
    return incident;
  });
}

/** A coordinator says that it is over. Errors: `not-found`, `already-decided` when it is closed. */
export function closeIncident(ctx: Context, incidentId: string): Promise<IncidentRow> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const found = await incidentById(tx, incidentId);
    if (!found) throw notFound('incident', incidentId);
    const session = await lockSession(tx, found.sessionId);
    const incident = (await incidentById(tx, incidentId))!;
    if (incident.closedAt) {
      throw new LecternError('already-decided', `Incident ${incidentId} was closed at ${incident.closedAt.toISOString()}.`, {
        decidedAt: incident.closedAt.toISOString(),
        decision: incident.outcome,
      });
    }
    await endIncident(tx, session, incident, { outcome: 'closed-by-person', asOf: ctx.asOf, by: ctx.principal.id });
    await addAudit(tx, ctx, 'incident.close', 'incident', incidentId, { sessionId: session.id });
    await wake(tx, session.id);
    return (await incidentById(tx, incidentId))!;
  });
}
