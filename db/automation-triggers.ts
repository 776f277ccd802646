import { automationEvent } from '../domain/automation';
import { recordset, row, rows, write, type Tx } from './database';

/** What of an automation says when it is told of something. */
interface Listening {
  automation: string;
  enabled: boolean;
  on: string;
  each?: string;
}

/** Writes down what the automations of a new set listen to; one that is switched off listens to nothing. */
export async function insertTriggers(tx: Tx, setId: string, files: readonly { text: string }[]): Promise<void> {
  const triggers = files
    .map(({ text }) => JSON.parse(text.replace(/^\ufeff/, '')) as Listening)
    .filter(({ enabled }) => enabled)
    .flatMap(({ automation, on, each = 'session' }) => {
      const { kinds, isDaily } = automationEvent(on)!;
      return (isDaily ? [on] : kinds).map((kind) => ({ setId, automation, event: on, kind, each }));
    });
  if (triggers.length === 0) return;
  await write(
    tx,
    `INSERT INTO automation_triggers (set_id, automation, event, kind, each)
     SELECT * FROM jsonb_to_recordset(?) AS t(set_id uuid, automation text, event text, kind text, each text)`,
    [recordset(triggers)],
  );
}

/** The automations of the set in force that come with the calendar. */
export const dailyAutomations = async (tx: Tx): Promise<string[]> =>
  (
    await rows<{ automation: string }>(
      tx,
      `SELECT automation FROM automation_triggers WHERE kind = 'student.quiet' AND set_id = (SELECT id FROM rule_sets ORDER BY number DESC LIMIT 1)`,
    )
  ).map((t) => t.automation);

/** Whether one was looked for on a day (of the organisation's calendar) already. */
export const wasLookedFor = async (tx: Tx, automation: string, day: string): Promise<boolean> =>
  (await row(tx, 'SELECT 1 AS one FROM automation_looks WHERE automation = ? AND day >= ?::date', [automation, day])) !== undefined;

export const noteLook = (tx: Tx, automation: string, day: string, at: Date): Promise<void> =>
  write(
    tx,
    `INSERT INTO automation_looks (automation, day, looked_at) VALUES (?, ?::date, ?)
     ON CONFLICT (organisation_id, automation) DO UPDATE SET day = excluded.day, looked_at = excluded.looked_at`,
    [automation, day, at],
  );

/** A student without a lesson before them, and the last that they had. */
export interface Quiet {
  studentId: string;
  sessionId: string;
}

/** Students without a lesson before them, of whose last lesson this automation has no run yet; in the order of their ids, from behind `after`. */
export const quietStudents = (tx: Tx, automation: string, asOf: Date, { after, limit }: { after: string | null; limit: number }): Promise<Quiet[]> =>
  rows(
    tx,
    `SELECT p.id AS student_id, l.session_id FROM people p CROSS JOIN LATERAL (
       SELECT q.session_id FROM participants q JOIN sessions s ON s.organisation_id = q.organisation_id AND s.id = q.session_id
       WHERE q.organisation_id = p.organisation_id AND q.person_id = p.id AND q.verdict IN ('arrived', 'late') AND s.status <> 'cancelled'
         AND s.starts_at <= ? ORDER BY s.starts_at DESC LIMIT 1) l
     WHERE p.kind = 'student' AND p.active AND p.id > ?::uuid
       AND NOT EXISTS (SELECT 1 FROM participants q JOIN sessions s ON s.organisation_id = q.organisation_id AND s.id = q.session_id
         WHERE q.organisation_id = p.organisation_id AND q.person_id = p.id AND s.starts_at > ? AND s.status IN ('held', 'booked', 'ready', 'live'))
       AND NOT EXISTS (SELECT 1 FROM automation_runs r WHERE r.organisation_id = p.organisation_id AND r.automation = ?
         AND r.key = 'quiet/' || l.session_id AND r.person_id = p.id)
     ORDER BY p.id LIMIT ?`,
    [asOf, after ?? '00000000-0000-0000-0000-000000000000', asOf, automation, limit],
  );

/** Lays down the run of a daily event; one that is there already stays as it is. */
export async function insertDailyRun(tx: Tx, r: { id: string; automation: string; setId: string; event: string; at: Date } & Quiet): Promise<void> {
  const key = `quiet/${r.sessionId}`;
  await write(
    tx,
    `INSERT INTO automation_runs (id, automation, set_id, event, key, session_id, person_id, at, root, depth) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
     ON CONFLICT (organisation_id, automation, key, person_id) DO NOTHING`,
    [r.id, r.automation, r.setId, r.event, key, r.sessionId, r.studentId, r.at, `${key}/${r.studentId}`],
  );
}
