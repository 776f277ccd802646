import type { Labels } from '../policy/select';
import { row, rows, type Tx } from './database';

/** What facts that a rule set declares are found by: the session, who is on it, and the zone of the organisation's calendar. */
export interface SessionSeen extends Labels {
  id: string;
  externalId: string | null;
  title: string;
  startsAt: Date;
  anchorZone: string;
  homeZone: string;
  participants: { personId: string; role: 'student' | 'instructor' }[];
}

export const sessionSeen = (tx: Tx, sessionId: string): Promise<SessionSeen | undefined> =>
  row(
    tx,
    `SELECT s.id, s.external_id, s.title, s.subject, s.programme, s.branch, s.starts_at, s.anchor_zone, o.home_zone,
       coalesce((SELECT jsonb_agg(jsonb_build_object('personId', p.person_id, 'role', p.role) ORDER BY p.person_id) FROM participants p
         WHERE p.organisation_id = s.organisation_id AND p.session_id = s.id), '[]') AS participants
     FROM sessions s JOIN organisations o ON o.id = s.organisation_id WHERE s.id = ?`,
    [sessionId],
  );

/** The zone of the organisation's own calendar. */
export const homeZone = async (tx: Tx): Promise<string> =>
  (await row<{ homeZone: string }>(tx, `SELECT home_zone FROM organisations WHERE id = current_setting('lectern.organisation_id')::uuid`))!.homeZone;

/** What a lookup or a deadline needs of people. */
export interface PersonSeen {
  id: string;
  externalId: string | null;
  email: string | null;
  zone: string;
  locale: string;
}
export const peopleSeen = (tx: Tx, ids: readonly string[]): Promise<PersonSeen[]> =>
  rows(tx, 'SELECT id, external_id, email, zone, locale FROM people WHERE id = ANY(?::uuid[])', [`{${ids.join(',')}}`]);
