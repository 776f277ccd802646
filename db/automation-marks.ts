import { change, row, rows, type Tx } from './database';

/** A tag or a note that an automation has set on a person or a session. */
export interface MarkRow {
  id: string;
  kind: 'tag' | 'note';
  sessionId: string | null;
  personId: string | null;
  tag: string | null;
  words: Record<string, string> | null;
  runId: string;
  at: Date;
}

/** Sets it once: the same key again changes nothing, and gives false. */
export const insertMark = async (tx: Tx, m: MarkRow & { key: string }): Promise<boolean> =>
  (await change(
    tx,
    `INSERT INTO automation_marks (id, key, kind, session_id, person_id, tag, words, run_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, key) DO NOTHING`,
    [m.id, m.key, m.kind, m.sessionId, m.personId, m.tag, m.words === null ? null : JSON.stringify(m.words), m.runId, m.at],
  )) === 1;

export const marksOn = (tx: Tx, on: { sessionId: string } | { personId: string }): Promise<MarkRow[]> =>
  'sessionId' in on
    ? rows(tx, 'SELECT * FROM automation_marks WHERE session_id = ? ORDER BY at, id LIMIT 500', [on.sessionId])
    : rows(tx, 'SELECT * FROM automation_marks WHERE person_id = ? ORDER BY at, id LIMIT 500', [on.personId]);

/** What conditions of automations ask of a session, and of somebody on it. */
export interface AutomationSeen {
  students: number;
  role: string | null;
  verdict: string | null;
  lessonsTaken: number;
  lessonsAhead: number;
  lastLessonAt: Date | null;
  /** What the person owes, in minor units; below nothing is credit. */
  owesMinor: number;
  personTags: string[];
  sessionTags: string[];
  /** What the event itself has charged. */
  chargedMinor: number | null;
}

export const automationSeen = async (
  tx: Tx,
  {
    sessionId,
    personId,
    timelineId,
    currency,
    asOf,
  }: { sessionId: string; personId: string | null; timelineId: number | null; currency: string; asOf: Date },
): Promise<AutomationSeen> =>
  (await row<AutomationSeen>(
    tx,
    `WITH theirs AS (
       SELECT q.verdict, s.starts_at, s.status FROM participants q JOIN sessions s ON s.organisation_id = q.organisation_id AND s.id = q.session_id
       WHERE q.person_id = ?::uuid)
     SELECT (SELECT count(*)::int FROM participants q WHERE q.session_id = ? AND q.role = 'student') AS students, own.role, own.verdict,
       (SELECT count(*)::int FROM theirs WHERE verdict IN ('arrived', 'late') AND status <> 'cancelled' AND starts_at <= ?) AS lessons_taken,
       (SELECT count(*)::int FROM theirs WHERE status IN ('held', 'booked', 'ready') AND starts_at > ?) AS lessons_ahead,
       (SELECT max(starts_at) FROM theirs WHERE verdict IN ('arrived', 'late') AND status <> 'cancelled' AND starts_at <= ?) AS last_lesson_at,
       (SELECT coalesce(sum(p.amount_minor), 0)::bigint FROM postings p WHERE p.account = 'receivable:' || ?::uuid AND p.currency = ?) AS owes_minor,
       ARRAY(SELECT m.tag FROM automation_marks m WHERE m.kind = 'tag' AND m.person_id = ?::uuid ORDER BY m.tag LIMIT 100) AS person_tags,
       ARRAY(SELECT m.tag FROM automation_marks m WHERE m.kind = 'tag' AND m.session_id = ? ORDER BY m.tag LIMIT 100) AS session_tags,
       (SELECT (t.data->>'amountMinor')::bigint FROM timeline t WHERE t.id = ? AND t.kind = 'charge.posted') AS charged_minor
     FROM (SELECT 1) AS one LEFT JOIN participants own ON own.session_id = ? AND own.person_id = ?::uuid`,
    [personId, sessionId, asOf, asOf, asOf, personId, currency, personId, sessionId, timelineId, sessionId, personId],
  ))!;
