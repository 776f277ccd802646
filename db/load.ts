import { rows, type Tx } from './database';

export interface OtherLesson {
  personId: string;
  startsAt: Date;
  /** Which it is, where it is read by itself. */
  sessionId?: string;
}

/** A week of anybody's, in whatever zone, around an instant that stands in it. */
const AROUND = `q.holds_slot AND q.starts_at > ?::timestamptz - interval '8 days' AND q.starts_at < ?::timestamptz + interval '8 days'`;

/** What a booking of these people is decided on, as `others` and as `seen`, by which check_ground tells whether it is still so. */
export const LOAD = `(SELECT jsonb_agg(jsonb_build_object('person_id', q.person_id, 'starts_at', q.starts_at)) FROM participants q
    WHERE q.person_id = ANY(?::uuid[]) AND ${AROUND}) AS others,
  load_around(?::uuid[], ?) AS seen`;

/** What else these people have in the week around an instant, but for one session. */
export const lessonsAround = (tx: Tx, personIds: readonly string[], at: Date, exceptSessionId: string): Promise<OtherLesson[]> =>
  rows(
    tx,
    `SELECT q.person_id, q.starts_at, q.session_id FROM participants q WHERE q.person_id = ANY(?::uuid[]) AND ${AROUND} AND q.session_id <> ?`,
    [`{${personIds.join(',')}}`, at, at, exceptSessionId],
  );
