import type { ObligationState } from '../../domain/vocabulary';
import { rows, type Tx } from '../database';
import type { IncidentRow } from '../incidents';
import { cursorInstant, type PageRequest } from './scope';

// The reader's right to see the session is checked by visibleSession in the same transaction, before any of these.

export type ListedIncident = IncidentRow & { openedByName: string | null; closedByName: string | null; cursorAt: string };

export const incidentPage = (tx: Tx, sessionId: string, page: PageRequest): Promise<ListedIncident[]> =>
  rows(
    tx,
    `SELECT i.*, o.name AS opened_by_name, c.name AS closed_by_name, ${cursorInstant('i.opened_at')} FROM incidents i
     LEFT JOIN principals o ON o.organisation_id = i.organisation_id AND o.id = i.opened_by
     LEFT JOIN principals c ON c.organisation_id = i.organisation_id AND c.id = i.closed_by
     WHERE i.session_id = ? ${page.after ? 'AND (i.opened_at, i.id) > (?::timestamptz, ?::uuid)' : ''} ORDER BY i.opened_at, i.id LIMIT ?`,
    [sessionId, ...(page.after ?? []), page.limit + 1],
  );

export interface IncidentMessage {
  incidentId: string;
  obligationId: string;
  personId: string;
  kind: string;
  step: string;
  state: ObligationState;
  endedAt: Date | null;
}

/** What was sent because of each incident: the messages whose plan was decided by what happened between its opening and its end. */
export const messagesOfIncidents = (tx: Tx, sessionId: string): Promise<IncidentMessage[]> =>
  rows(
    tx,
    `SELECT i.id AS incident_id, o.id AS obligation_id, o.person_id, o.kind, o.step, o.state, o.ended_at
     FROM incidents i JOIN obligations o ON o.organisation_id = i.organisation_id AND o.session_id = i.session_id
     JOIN decisions d ON d.organisation_id = o.organisation_id AND d.id = o.decision_id
     WHERE i.session_id = ? AND d.point = 'obligations' AND d.facts->>'event' IN ('incident-opened', 'room-replaced', 'incident-closed')
       AND d.as_of >= i.opened_at AND (i.closed_at IS NULL OR d.as_of <= i.closed_at)
     ORDER BY i.opened_at, o.due_at, o.id`,
    [sessionId],
  );
