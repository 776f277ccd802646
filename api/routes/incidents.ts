import { closeIncident, openIncident } from '../../commands/incidents';
import { incidentPage, messagesOfIncidents, type IncidentMessage, type ListedIncident } from '../../db/read/incidents';
import type { Tx } from '../../db/database';
import { notFound } from '../../domain/errors';
import { incidentActions } from '../actions';
import { decodeCursor, toPage } from '../http/cursor';
import { route, type Call } from '../route';
import { idParams, pageQuery } from '../schemas/common';
import { incidentBody, incidentItem, incidentPageSchema } from '../schemas/incidents';
import { requireSession } from './sessions';

const named = (id: string | null, name: string | null): object | null => (id === null ? null : { id, name: name ?? 'Lectern' });

function present(i: ListedIncident, messages: IncidentMessage[], { ctx }: Call): object {
  return {
    id: i.id,
    version: i.version,
    kind: i.kind,
    reportedBy: i.reportedBy,
    note: i.note,
    openedAt: i.openedAt,
    openedBy: named(i.openedBy, i.openedByName),
    closedAt: i.closedAt,
    closedBy: named(i.closedBy, i.closedByName),
    outcome: i.outcome,
    decisionId: i.decisionId,
    messages: messages.filter((m) => m.incidentId === i.id).map(({ incidentId: _, ...message }) => message),
    allowedActions: incidentActions(i, ctx.principal),
  };
}

async function presentOne(tx: Tx, call: Call, sessionId: string, incidentId: string): Promise<object> {
  const found = (await incidentPage(tx, sessionId, { limit: 1000, after: null })).find((i) => i.id === incidentId);
  if (!found) throw notFound('incident', incidentId);
  return present(found, await messagesOfIncidents(tx, sessionId), call);
}

const list = route({
  method: 'get',
  path: '/v1/sessions/{id}/incidents',
  tag: 'sessions',
  summary: 'What went wrong with a lesson, from when to when, and who was told',
  roles: ['admin', 'coordinator', 'instructor', 'integrator'],
  what: 'session',
  params: idParams,
  query: pageQuery,
  responses: { 200: { description: 'A page of incidents, the oldest first.', schema: incidentPageSchema } },
  async handle(call) {
    const { limit } = call.query;
    const after = decodeCursor('incidents', ['instant', 'id'], call.query.cursor);
    return call.read(async (tx) => {
      const session = await requireSession(tx, call, call.params.id);
      const found = await incidentPage(tx, session.id, { limit, after });
      const messages = await messagesOfIncidents(tx, session.id);
      const body = toPage(
        found,
        limit,
        'incidents',
        (i) => [i.cursorAt, i.id],
        (i) => present(i, messages, call),
      );
      return { status: 200, body };
    });
  },
});

const open = route({
  method: 'post',
  path: '/v1/sessions/{id}/incidents',
  tag: 'sessions',
  summary: 'Say that something is wrong with a lesson',
  description:
    'While it is open it speaks against fault: nobody is charged for a lesson that an incident overlapped without a person. A failed room is asked about at once, and as a rule replaced. One of each kind is open at a time; saying it again gives the one there is.',
  roles: ['admin', 'coordinator'],
  what: 'session',
  params: idParams,
  body: incidentBody,
  responses: { 201: { description: 'Open.', schema: incidentItem } },
  errors: ['illegal-move'],
  async handle(call) {
    const { kind, note, since } = call.body;
    const session = await call.read((tx) => requireSession(tx, call, call.params.id));
    const incident = await openIncident(call.ctx, session.id, { kind, note, since: since === undefined ? undefined : new Date(since) });
    const body = await call.read((tx) => presentOne(tx, call, session.id, incident.id));
    return { status: 201, location: `/v1/sessions/${session.id}/incidents`, body };
  },
});

const close = route({
  method: 'post',
  path: '/v1/incidents/{id}/close',
  tag: 'sessions',
  summary: 'Say that what was wrong with a lesson is over',
  roles: ['admin', 'coordinator'],
  what: 'incident',
  params: idParams,
  responses: { 200: { description: 'Closed.', schema: incidentItem } },
  errors: ['already-decided'],
  async handle(call) {
    const { sessionId, id } = await closeIncident(call.ctx, call.params.id);
    return { status: 200, body: await call.read((tx) => presentOne(tx, call, sessionId, id)) };
  },
});

export const incidentRoutes = [list, open, close];
