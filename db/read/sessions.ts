import type { SessionStatus } from '../../domain/status';
import type { AttendanceVerdict, ParticipantRole } from '../../domain/vocabulary';
import { row, rows, type Tx } from '../database';
import type { SessionRow } from '../sessions';
import { cursorInstant, scopeBindings, SESSION_VISIBLE, type PageRequest, type Scope } from './scope';

export interface SessionFilter {
  statuses: readonly SessionStatus[] | null;
  from: Date | null;
  to: Date | null;
  personId: string | null;
}

export type ListedSession = SessionRow & { cursorAt: string; openHeldSteps: number };

const OPEN_STEPS = `(SELECT count(*) FROM held_steps h WHERE h.organisation_id = s.organisation_id AND h.session_id = s.id AND h.state = 'open') AS open_held_steps`;

/** Sessions by start that the reader may see: one more than `limit`, to tell whether there is a next page. */
export function sessionPage(tx: Tx, filter: SessionFilter, scope: Scope, page: PageRequest): Promise<ListedSession[]> {
  const conditions: string[] = [SESSION_VISIBLE];
  const bindings: unknown[] = scopeBindings(scope);
  const add = (condition: string, ...values: unknown[]): void => {
    conditions.push(condition);
    bindings.push(...values);
  };
  if (filter.statuses) add('s.status = ANY(?::text[])', `{${filter.statuses.join(',')}}`);
  if (filter.from) add('s.starts_at >= ?', filter.from);
  if (filter.to) add('s.starts_at < ?', filter.to);
  if (filter.personId) {
    add(
      'EXISTS (SELECT 1 FROM participants p WHERE p.organisation_id = s.organisation_id AND p.session_id = s.id AND p.person_id = ?)',
      filter.personId,
    );
  }
  if (page.after) add('(s.starts_at, s.id) > (?::timestamptz, ?::uuid)', ...page.after);
  return rows(
    tx,
    `SELECT s.*, ${cursorInstant('s.starts_at')}, ${OPEN_STEPS} FROM sessions s WHERE ${conditions.join(' AND ')} ORDER BY s.starts_at, s.id LIMIT ?`,
    [...bindings, page.limit + 1],
  );
}

/** One session, if the reader may see it. */
export const visibleSession = (tx: Tx, id: string, scope: Scope): Promise<ListedSession | undefined> =>
  row(tx, `SELECT s.*, ${cursorInstant('s.starts_at')}, ${OPEN_STEPS} FROM sessions s WHERE s.id = ? AND ${SESSION_VISIBLE}`, [
    id,
    ...scopeBindings(scope),
  ]);

export interface NamedParticipant {
  sessionId: string;
  personId: string;
  name: string;
  zone: string;
  role: ParticipantRole;
  verdict: AttendanceVerdict;
  arrivedAt: Date | null;
  verdictAt: Date | null;
  chargePercent: number | null;
  credentialIssuedAt: Date | null;
  credentialOpenedAt: Date | null;
  credentialProvenAt: Date | null;
}

/** Who takes part in these sessions, with how far each got with their way in. */
export const participantsOfSessions = (tx: Tx, sessionIds: readonly string[]): Promise<NamedParticipant[]> =>
  rows(
    tx,
    `SELECT p.session_id, p.person_id, e.name, e.zone, p.role, p.verdict, p.arrived_at, p.verdict_at, p.charge_percent,
       c.issued_at AS credential_issued_at, c.opened_at AS credential_opened_at, c.proven_at AS credential_proven_at
     FROM participants p JOIN people e ON e.organisation_id = p.organisation_id AND e.id = p.person_id
     LEFT JOIN credentials c ON c.organisation_id = p.organisation_id AND c.session_id = p.session_id AND c.person_id = p.person_id AND c.revoked_at IS NULL
     WHERE p.session_id = ANY(?::uuid[]) ORDER BY p.role, e.name, p.person_id`,
    [`{${sessionIds.join(',')}}`],
  );

export interface RoomOfSession {
  id: string;
  state: string;
  provider: string;
  url: string | null;
  openedAt: Date | null;
  closedAt: Date | null;
}
/** The newest room of a session. */
export const roomOfSession = (tx: Tx, sessionId: string): Promise<RoomOfSession | undefined> =>
  row(
    tx,
    `SELECT id, state, provider, url, opened_at, closed_at FROM rooms WHERE session_id = ? ORDER BY (state <> 'closed') DESC, rev DESC, opened_at DESC LIMIT 1`,
    [sessionId],
  );

export interface RecordingOfSession {
  state: string;
  startedAt: Date | null;
  readyAt: Date | null;
  failedAt: Date | null;
  url: string | null;
}
export const recordingOfSession = (tx: Tx, sessionId: string): Promise<RecordingOfSession | undefined> =>
  row(tx, 'SELECT state, started_at, ready_at, failed_at, url FROM recordings WHERE session_id = ?', [sessionId]);

export const transcriptIdsOfSession = (tx: Tx, sessionId: string): Promise<{ id: string; source: string; receivedAt: Date }[]> =>
  rows(tx, 'SELECT id, source, received_at FROM transcripts WHERE session_id = ? ORDER BY received_at, id', [sessionId]);

export const homeZone = async (tx: Tx): Promise<string> => (await row<{ homeZone: string }>(tx, 'SELECT home_zone FROM organisations'))!.homeZone;
