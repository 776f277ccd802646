import { HOUR, type Cast, type Mail } from './lectern';
import type { OwnOrganisation } from './organisation';

export const LEAD = 60 * HOUR;

export interface Session {
  status: string;
  version: number;
  minStudents: number | null;
  capacity: number | null;
  viabilityAskedAt: Date | null;
}
export interface Entry {
  id: string;
  state: string;
  person: { id: string };
}

/** What tests of groups do and look at, in the organisation of their file. */
export function groupsIn(lectern: () => OwnOrganisation) {
  const row = async (id: string): Promise<Session> => (await lectern().query<Session>('SELECT * FROM sessions WHERE id = ?', [id]))[0]!;
  const change = <T = { code?: string; details?: Record<string, unknown> }>(id: string, body: object) =>
    lectern().api<T>('POST', `/v1/sessions/${id}/changes`, body);
  const studentsOn = async (id: string): Promise<string[]> =>
    (await lectern().query<{ personId: string }>(`SELECT person_id FROM participants WHERE session_id = ? AND role = 'student'`, [id]))
      .map((p) => p.personId)
      .sort();
  const asked = (id: string): Promise<Session> => lectern().until('it to be asked about', async () => (await row(id)).viabilityAskedAt && row(id));
  const verdicts = async (id: string): Promise<string[]> =>
    (
      await lectern().query<{ verdict: string }>(
        `SELECT outcome->>'verdict' AS verdict FROM decisions WHERE session_id = ? AND point = 'viability' ORDER BY as_of`,
        [id],
      )
    ).map((d) => d.verdict);
  /** What reached a family, but for confirmations and ways in of the first session. */
  const mailsTo = async (cast: Cast, n: number): Promise<Mail[]> => (await lectern().mails(cast)).filter((m) => m.to.startsWith(`gil${n}.`));
  const mail = (cast: Cast, n: number, subject: RegExp): Promise<Mail> =>
    lectern().until(`a mail ${subject.source}`, async () => (await mailsTo(cast, n)).find((m) => subject.test(m.subject)));
  /** Nothing is due and nothing on its way. */
  const quiet = (...ids: string[]): Promise<boolean> =>
    lectern().until('everything due to be sent', async () => {
      const open = await lectern().query(
        `SELECT 1 FROM obligations WHERE session_id = ANY(?::uuid[]) AND (state IN ('claimed', 'in-doubt') OR state = 'planned' AND due_at <= ?)
         UNION ALL SELECT 1 FROM outbox WHERE session_id = ANY(?::uuid[]) AND delivered_at IS NULL`,
        [`{${ids.join(',')}}`, lectern().now(), `{${ids.join(',')}}`],
      );
      return open.length === 0;
    });
  const group = (cast: Cast, more: object, lead = LEAD): Promise<string> => lectern().book(cast, lead, { capacity: 6, ...more });
  const german = async (cast: Cast, n: number): Promise<void> => {
    const { body } = await lectern().api<{ version: number }>('GET', `/v1/people/${cast.guardianIds[n]}`);
    await lectern().api('PATCH', `/v1/people/${cast.guardianIds[n]}`, { version: body.version, locale: 'de' });
  };
  return { row, change, studentsOn, asked, verdicts, mailsTo, mail, quiet, group, german };
}
