import type { SessionRow } from './sessions';
import { rows, type Tx } from './database';

interface Past {
  startsAt: Date;
  title: string;
  verdict: string;
  headline: string | null;
}
interface Student {
  id: string;
  givenName: string;
  goals: string | null;
}

/** What an instructor reads before the lesson: each student's goals, how the last lessons went, and whether they came. */
export async function briefingFor(tx: Tx, session: SessionRow): Promise<string> {
  const students = await rows<Student>(
    tx,
    `SELECT p.id, p.given_name, p.goals FROM participants q JOIN people p ON p.organisation_id = q.organisation_id AND p.id = q.person_id
     WHERE q.session_id = ? AND q.role = 'student' ORDER BY p.given_name`,
    [session.id],
  );
  const parts: string[] = [];
  for (const student of students) {
    const past = await rows<Past>(
      tx,
      `SELECT s.starts_at, s.title, q.verdict,
         (SELECT f.content->>'headline' FROM documents d JOIN drafts f ON f.organisation_id = d.organisation_id AND f.id = d.approved_draft_id
          WHERE d.session_id = s.id AND d.kind = 'summary') AS headline
       FROM participants q JOIN sessions s ON s.organisation_id = q.organisation_id AND s.id = q.session_id
       WHERE q.person_id = ? AND s.status = 'settled' AND s.starts_at < ? ORDER BY s.starts_at DESC LIMIT 3`,
      [student.id, session.startsAt],
    );
    const last = past.map((p) => `${p.title} (${p.verdict})${p.headline ? `: ${p.headline}` : ''}`);
    parts.push(
      `${student.givenName}. Goals: ${student.goals ?? 'none written down yet'}. ${last.length > 0 ? `Last lessons: ${last.join('; ')}.` : 'This is the first lesson here.'}`,
    );
  }
  return parts.join('\n');
}
