import type { RunState } from '../domain/automation';
import type { Facts, Json } from '../policy/types';
import { change, row, rows, write, type Queryable, type Tx } from './database';

export interface RunRow {
  id: string;
  /** Grows in the order in which runs were laid down. */
  seq: number;
  version: number;
  automation: string;
  /** The set that was in force when it was laid down; all of the run goes by it. */
  setId: string;
  event: string;
  key: string;
  timelineId: number | null;
  sessionId: string;
  /** Whom it is about; null where it is about the session as such. */
  personId: string | null;
  at: Date;
  /** The run whose step was the event. */
  causedBy: string | null;
  /** The event that people or the calendar brought about, through however many runs. */
  root: string;
  depth: number;
  state: RunState;
  reason: string | null;
  facts: Facts | null;
  decisionId: string | null;
  begunAt: Date | null;
  dueAt: Date | null;
  awaits: string[] | null;
  endedAt: Date | null;
  endedBy: string | null;
}

export interface StepRow {
  runId: string;
  step: string;
  n: number;
  kind: string;
  state: 'waiting' | 'done' | 'skipped';
  answer: string | null;
  detail: Record<string, Json>;
  heldStepId: string | null;
  begunAt: Date;
  dueAt: Date | null;
  endedAt: Date | null;
}

export const organisationsWithRunsAsked = async (crossing: Queryable): Promise<string[]> =>
  (await rows<{ id: string }>(crossing, 'SELECT o AS id FROM organisations_with_automation_runs_asked() AS o')).map((r) => r.id);

/** Runs whose workflow is to be started or woken; `asked` tells this asking from a later one. */
export const askedRuns = (tx: Tx, limit: number): Promise<{ id: string; asked: number }[]> =>
  rows(tx, 'SELECT id, asked FROM automation_runs WHERE asked > told ORDER BY seq LIMIT ?', [limit]);

export const markTold = (tx: Tx, id: string, asked: number): Promise<void> =>
  write(tx, 'UPDATE automation_runs SET told = ? WHERE id = ? AND told < ?', [asked, id, asked]);

/** Asks again for runs that should have gone on five minutes ago: their workflow is lost. */
export const askForStuckRuns = (tx: Tx, asOf: Date): Promise<number> =>
  change(
    tx,
    `UPDATE automation_runs SET asked = asked + 1 WHERE state IN ('new', 'running', 'waiting') AND asked = told
       AND coalesce(due_at, begun_at, at) < ?::timestamptz - interval '5 minutes'`,
    [asOf],
  );

export const findRun = (tx: Tx, id: string): Promise<RunRow | undefined> => row(tx, 'SELECT * FROM automation_runs WHERE id = ?', [id]);
export const lockRun = (tx: Tx, id: string): Promise<RunRow | undefined> => row(tx, 'SELECT * FROM automation_runs WHERE id = ? FOR UPDATE', [id]);

export const stepsOf = (tx: Tx, runId: string): Promise<StepRow[]> => rows(tx, 'SELECT * FROM automation_steps WHERE run_id = ? ORDER BY n', [runId]);

/** How often runs have begun: from the same first event, and of the same automation since an instant; without this one. */
export const countRuns = async (tx: Tx, run: Pick<RunRow, 'id' | 'root' | 'automation'>, since: Date): Promise<{ ofEvent: number; lately: number }> =>
  (await row<{ ofEvent: number; lately: number }>(
    tx,
    `SELECT (SELECT count(*)::int FROM automation_runs WHERE root = ? AND begun_at IS NOT NULL AND id <> ?) AS of_event,
       (SELECT count(*)::int FROM automation_runs WHERE automation = ? AND begun_at > ? AND id <> ?) AS lately`,
    [run.root, run.id, run.automation, since, run.id],
  ))!;

/** A run begins, or has its end before it has. */
export const answerRun = (
  tx: Tx,
  run: Pick<RunRow, 'id'>,
  to: { state: RunState; reason: string | null; facts: Facts; decisionId: string | null; begunAt: Date | null; endedAt: Date | null },
): Promise<void> =>
  write(
    tx,
    `UPDATE automation_runs SET state = ?, reason = ?, facts = ?, decision_id = ?, begun_at = ?, ended_at = ?, version = version + 1 WHERE id = ?`,
    [to.state, to.reason, JSON.stringify(to.facts), to.decisionId, to.begunAt, to.endedAt, run.id],
  );

export const endRun = (
  tx: Tx,
  run: Pick<RunRow, 'id'>,
  to: { state: 'done' | 'stopped' | 'cancelled'; reason: string | null; at: Date; by: string | null },
): Promise<void> =>
  write(
    tx,
    `UPDATE automation_runs SET state = ?, reason = ?, ended_at = ?, ended_by = ?, due_at = NULL, awaits = NULL, version = version + 1 WHERE id = ?`,
    [to.state, to.reason, to.at, to.by, run.id],
  );

/** Waits until `dueAt`, or until one of the kinds that it awaits; null: it goes on. */
export const setWaiting = (tx: Tx, run: Pick<RunRow, 'id'>, waits: { dueAt: Date; awaits: readonly string[] | null } | null): Promise<void> =>
  write(tx, `UPDATE automation_runs SET state = ?, due_at = ?, awaits = ?, version = version + 1 WHERE id = ?`, [
    waits ? 'waiting' : 'running',
    waits?.dueAt ?? null,
    waits?.awaits ? `{${waits.awaits.join(',')}}` : null,
    run.id,
  ]);

/** Asks for the workflow of a run to look again. */
export const askForRun = (tx: Tx, id: string): Promise<void> => write(tx, 'UPDATE automation_runs SET asked = asked + 1 WHERE id = ?', [id]);

export const insertStep = (tx: Tx, s: Omit<StepRow, 'n'>): Promise<void> =>
  write(
    tx,
    `INSERT INTO automation_steps (run_id, step, n, kind, state, answer, detail, held_step_id, begun_at, due_at, ended_at)
     SELECT ?, ?, (SELECT count(*) FROM automation_steps WHERE run_id = ?), ?, ?, ?, ?, ?, ?, ?, ?`,
    [s.runId, s.step, s.runId, s.kind, s.state, s.answer, JSON.stringify(s.detail), s.heldStepId, s.begunAt, s.dueAt, s.endedAt],
  );

export const endStep = (tx: Tx, s: Pick<StepRow, 'runId' | 'step'>, answer: string | null, at: Date): Promise<void> =>
  write(tx, `UPDATE automation_steps SET state = 'done', answer = ?, ended_at = ? WHERE run_id = ? AND step = ? AND state = 'waiting'`, [
    answer,
    at,
    s.runId,
    s.step,
  ]);

export const stepOfHeld = (tx: Tx, heldStepId: string): Promise<StepRow | undefined> =>
  row(tx, 'SELECT * FROM automation_steps WHERE held_step_id = ?', [heldStepId]);

/** Whether something of these kinds has happened on the session, or on another of the person's, since an instant and after the run's own event. */
export const hasHappened = async (
  tx: Tx,
  run: Pick<RunRow, 'sessionId' | 'personId' | 'timelineId'>,
  kinds: readonly string[],
  since: Date,
): Promise<boolean> =>
  (await row(
    tx,
    `SELECT 1 AS one FROM timeline t WHERE t.kind = ANY(?::text[]) AND t.at >= ? AND t.id > ? AND (t.session_id = ?
       OR t.session_id IN (SELECT q.session_id FROM participants q WHERE q.person_id = ?::uuid)) LIMIT 1`,
    [`{${kinds.join(',')}}`, since, run.timelineId ?? 0, run.sessionId, run.personId],
  )) !== undefined;

export interface RunsAsked {
  limit: number;
  after: string[] | null;
  state?: RunState | undefined;
  automation?: string | undefined;
  sessionId?: string | undefined;
  personId?: string | undefined;
}

/** The newest first. Where no state is asked for, those whose condition did not hold are left out. */
export const runsPage = (tx: Tx, { limit, after, state, automation, sessionId, personId }: RunsAsked): Promise<RunRow[]> => {
  const wanted: [string, unknown][] = [
    state === undefined ? ['state <> ?', 'not-met'] : ['state = ?', state],
    ...(automation === undefined ? [] : [['automation = ?', automation] as [string, unknown]]),
    ...(sessionId === undefined ? [] : [['session_id = ?', sessionId] as [string, unknown]]),
    ...(personId === undefined ? [] : [['person_id = ?', personId] as [string, unknown]]),
    ...(after ? [['seq < ?::bigint', after[0]] as [string, unknown]] : []),
  ];
  const where = wanted.map(([sql]) => sql).join(' AND ');
  return rows(tx, `SELECT * FROM automation_runs WHERE ${where} ORDER BY seq DESC LIMIT ?`, [...wanted.map(([, value]) => value), limit + 1]);
};
