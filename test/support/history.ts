import { newId } from '../../domain/ids';
import type { Lectern } from './lectern';

const HOUR = 3_600_000;

/** What was of a lesson that is over, or was cancelled: written as the commands leave it behind. */
export interface Past {
  /** When it was to begin. */
  at: string;
  /** Whose it was; the first is the one whom the change is about. */
  students: readonly string[];
  instructor?: string;
  subject?: string;
  programme?: string;
  isTrial?: boolean;
  /** What was said of the students at its end. */
  verdict?: 'arrived' | 'late' | 'no-show';
  change?: {
    kind: 'cancel' | 'drop' | 'reschedule' | 'reassign';
    madeAt: string;
    share?: number;
    /** Where the lesson stood; `booked` when left out. */
    status?: string;
    /** Which question decided it. */
    point?: string;
  };
  charge?: { percent: number; postedAt: string };
}

/** Writes lessons of the past beside one that is booked, whose columns they take over. */
export class History {
  private columns: string[] = [];
  private constructor(
    private readonly lectern: Lectern,
    private readonly like: string,
  ) {}

  static async beside(lectern: Lectern, sessionId: string): Promise<History> {
    const history = new History(lectern, sessionId);
    const found = await lectern.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'sessions' AND is_generated = 'NEVER'`,
    );
    history.columns = found.map((c) => c.name);
    return history;
  }

  async add(past: Past): Promise<string> {
    const id = newId();
    const endsAt = new Date(Date.parse(past.at) + HOUR / 2).toISOString();
    const isCancelled = past.change?.kind === 'cancel';
    const own = {
      id,
      ...{ status: isCancelled ? 'cancelled' : 'settled', starts_at: past.at, ends_at: endsAt, closed_at: endsAt, external_id: null },
      ...{ subject: past.subject ?? null, programme: past.programme ?? null, is_trial: past.isTrial ?? false, rev: 2, next_due_at: null },
    };
    const names = this.columns.join(', ');
    await this.lectern.query(
      `INSERT INTO sessions (${names}) SELECT ${names} FROM jsonb_populate_record((SELECT s FROM sessions s WHERE s.id = ?), ?::jsonb)`,
      [this.like, JSON.stringify(own)],
    );
    const leaves = past.change?.kind === 'drop' ? past.students[0] : past.change?.kind === 'reassign' ? past.instructor : undefined;
    const people = [...past.students.map((p) => [p, 'student']), ...(past.instructor ? [[past.instructor, 'instructor']] : [])] as [string, string][];
    for (const [personId, role] of people)
      if (personId !== leaves) await this.on(id, personId, role, past.verdict ?? 'waiting');
      else
        await this.lectern.query(
          `INSERT INTO former_participants (session_id, person_id, rev, role, left_at, verdict) VALUES (?, ?, 2, ?, ?, 'waiting')`,
          [id, personId, role, past.change!.madeAt],
        );
    if (past.change) await this.change(id, past, past.change);
    if (past.charge) await this.charge(id, past.students[0]!, past.charge);
    return id;
  }

  private async on(sessionId: string, personId: string, role: string, verdict: string): Promise<void> {
    await this.lectern.query(
      `INSERT INTO participants (session_id, person_id, person_key, role, starts_at, ends_at, buffer_minutes, holds_slot, verdict)
       SELECT s.id, p.id, p.key, ?, s.starts_at, s.ends_at, s.buffer_minutes, s.holds_slot, ? FROM sessions s, people p WHERE s.id = ? AND p.id = ?`,
      [role, verdict, sessionId, personId],
    );
  }

  private async decision(sessionId: string, point: string, subject: string, outcome: object, at: string): Promise<string> {
    const id = newId();
    await this.lectern.query(
      `INSERT INTO decisions (id, session_id, point, subject, rev, seq, set_id, policy_file, policy_hash, facts, outcome, rule, missing, as_of)
       SELECT ?, ?, ?, ?, 1, ?, booked_set_id, '', '', '{}', ?, 'otherwise', '{}', ? FROM sessions WHERE id = ?`,
      [id, sessionId, point, subject, at, JSON.stringify(outcome), at, this.like],
    );
    return id;
  }

  private async change(
    sessionId: string,
    past: Past,
    { kind, madeAt, share = 0, status = 'booked', point = 'change' }: NonNullable<Past['change']>,
  ): Promise<void> {
    const decisionId = await this.decision(sessionId, point, sessionId, { verdict: 'allow', chargePercent: share }, madeAt);
    await this.lectern.query(
      `INSERT INTO changes (id, session_id, rev, kind, before, after, compensates, decision_id, made_at) VALUES (?, ?, 2, ?, ?, '{}', '{}', ?, ?)`,
      [newId(), sessionId, kind, JSON.stringify({ startsAt: past.at, endsAt: past.at, status, participantIds: past.students }), decisionId, madeAt],
    );
  }

  private async charge(sessionId: string, studentId: string, { percent, postedAt }: NonNullable<Past['charge']>): Promise<void> {
    const decisionId = await this.decision(sessionId, 'charge', studentId, { verdict: 'post', percent, rounding: 'half-up' }, postedAt);
    await this.lectern.query(
      `INSERT INTO journals (id, session_id, rev, amendment, kind, subject_id, decision_id, posted_at) VALUES (?, ?, 2, 0, 'charge', ?, ?, ?)`,
      [newId(), sessionId, studentId, decisionId, postedAt],
    );
  }
}
