import type { SessionStatus } from '../domain/status';
import { change, recordset, row, rows, write, type Database, type Tx } from './database';

export interface SeriesRow {
  id: string;
  version: number;
  state: 'active' | 'ended';
  title: string;
  subject: string | null;
  programme: string | null;
  branch: string | null;
  isTrial: boolean;
  instructorId: string;
  rrule: string;
  ruleStart: string;
  anchorZone: string;
  exdates: string[];
  dayShift: number;
  clock: string;
  lengthMinutes: number;
  /** How many students a lesson has places for; null: it is not limited. */
  capacity: number | null;
  /** Wall times of the rule: the first that belongs to the series, and the first that does not any more. */
  fromOriginal: string | null;
  beforeOriginal: string | null;
  /** The series that this one goes on from, when "this and following" split it. */
  continues: string | null;
  externalId: string | null;
  createdBy: string | null;
  createdAt: Date;
  /** Filling is asked for as long as `fillAsked` is ahead of `fillDone`. */
  fillAsked: number;
  fillDone: number;
  filledUntil: Date | null;
  /** Brought in quietly: nobody is told of the lessons that are filled first. */
  quietly: boolean;
}
export type NewSeries = Omit<SeriesRow, 'version' | 'fillAsked' | 'fillDone' | 'filledUntil'>;

const NEW_COLUMNS = `id, state, title, subject, programme, branch, is_trial, instructor_id, rrule, rule_start, anchor_zone, exdates, day_shift, clock,
  length_minutes, capacity, from_original, before_original, continues, external_id, created_by, created_at, quietly`;

/** Writes series with their students; their lessons are filled from then on. */
export async function insertSeries(tx: Tx, list: readonly (NewSeries & { studentIds: readonly string[] })[]): Promise<void> {
  await write(tx, `INSERT INTO series (${NEW_COLUMNS}) SELECT ${NEW_COLUMNS} FROM jsonb_populate_recordset(null::series, ?)`, [recordset(list)]);
  const students = list.flatMap((s) => s.studentIds.map((personId) => ({ seriesId: s.id, personId })));
  await write(
    tx,
    'INSERT INTO series_students (series_id, person_id) SELECT series_id, person_id FROM jsonb_to_recordset(?) AS s(series_id uuid, person_id uuid)',
    [recordset(students)],
  );
  tx.notify('lectern_series');
}

export async function setStudents(tx: Tx, seriesId: string, studentIds: readonly string[]): Promise<void> {
  await write(tx, 'DELETE FROM series_students WHERE series_id = ? AND NOT person_id = ANY(?::uuid[])', [seriesId, `{${studentIds.join(',')}}`]);
  await write(tx, 'INSERT INTO series_students (series_id, person_id) SELECT ?, unnest(?::uuid[]) ON CONFLICT DO NOTHING', [
    seriesId,
    `{${studentIds.join(',')}}`,
  ]);
}

export const findSeries = (tx: Tx, id: string): Promise<SeriesRow | undefined> => row(tx, 'SELECT * FROM series WHERE id = ?', [id]);
export const lockSeries = (tx: Tx, id: string): Promise<SeriesRow | undefined> =>
  row(tx, 'SELECT * FROM series WHERE id = ? FOR NO KEY UPDATE', [id]);
/** Keeps the series of a lesson as it is; whoever edits or fills it waits. */
export const holdSeriesOf = (tx: Tx, sessionId: string): Promise<unknown> =>
  row(tx, `SELECT 1 AS one FROM series s WHERE s.id = (SELECT o.series_id FROM occurrences o WHERE o.session_id = ?) FOR SHARE OF s`, [sessionId]);
export const seriesIdOf = async (tx: Tx, externalId: string): Promise<string | undefined> =>
  (await row<{ id: string }>(tx, 'SELECT id FROM series WHERE external_id = ?', [externalId]))?.id;

/** Which of these external ids are series here. */
export const seriesByExternalId = async (tx: Tx, externalIds: readonly string[]): Promise<Map<string, string>> =>
  new Map(
    (
      await rows<{ id: string; externalId: string }>(
        tx,
        'SELECT id, external_id FROM series WHERE external_id IN (SELECT jsonb_array_elements_text(?))',
        [JSON.stringify(externalIds)],
      )
    ).map((s) => [s.externalId, s.id]),
  );

export const studentsOfSeries = async (tx: Tx, seriesIds: readonly string[]): Promise<{ seriesId: string; personId: string }[]> =>
  rows(tx, 'SELECT series_id, person_id FROM series_students WHERE series_id = ANY(?::uuid[]) ORDER BY series_id, person_id', [
    `{${seriesIds.join(',')}}`,
  ]);

/** What an edit of a series writes: what and how it goes on. Filling is asked for anew. */
export async function updateSeries(tx: Tx, s: SeriesRow): Promise<void> {
  await write(
    tx,
    `UPDATE series SET state = ?, title = ?, subject = ?, instructor_id = ?, rrule = ?, exdates = ?, day_shift = ?, clock = ?, length_minutes = ?,
       capacity = ?, from_original = ?, before_original = ?, version = version + 1, fill_asked = fill_asked + 1 WHERE id = ?`,
    [
      s.state,
      s.title,
      s.subject,
      s.instructorId,
      s.rrule,
      s.exdates,
      s.dayShift,
      s.clock,
      s.lengthMinutes,
      s.capacity,
      s.fromOriginal,
      s.beforeOriginal,
      s.id,
    ],
  );
  tx.notify('lectern_series');
}

/** An edit under way has yet to move lessons out of the times that others of its series are to take. */
const BEING_EDITED = `EXISTS (SELECT 1 FROM batches b WHERE b.organisation_id = series.organisation_id AND b.cause_id = series.id AND b.state = 'running')`;

export const isBeingEdited = async (tx: Tx, id: string): Promise<boolean> =>
  (await row(tx, `SELECT 1 AS one FROM series WHERE id = ? AND ${BEING_EDITED}`, [id])) !== undefined;

/** Series that are to be filled: those asked for, or all that are active. */
export const seriesToFill = async (tx: Tx, which: 'asked' | 'all', afterId: string | null, limit: number): Promise<string[]> =>
  (
    await rows<{ id: string }>(
      tx,
      `SELECT id FROM series WHERE state = 'active' AND (? = 'all' OR fill_asked > fill_done) AND NOT ${BEING_EDITED}
       AND (?::uuid IS NULL OR id > ?::uuid) ORDER BY id LIMIT ?`,
      [which, afterId, afterId, limit],
    )
  ).map((s) => s.id);

/** A filling is over; what was asked for meanwhile stays asked for. */
export async function markFilled(tx: Tx, s: Pick<SeriesRow, 'id' | 'fillAsked'>, until: Date): Promise<void> {
  await write(tx, 'UPDATE series SET fill_done = greatest(fill_done, ?), filled_until = ? WHERE id = ?', [s.fillAsked, until, s.id]);
}

export const hasActiveSeries = async (tx: Tx): Promise<boolean> =>
  (await row(tx, `SELECT 1 AS one FROM series WHERE state = 'active' LIMIT 1`)) !== undefined;

export const organisationsWithSeriesWork = async (db: Database): Promise<string[]> =>
  (await rows<{ id: string }>(db.crossing, 'SELECT w AS id FROM organisations_with_series_work() AS w')).map((r) => r.id);

export interface OccurrenceRow {
  seriesId: string;
  /** The wall time that the rule gives. */
  original: string;
  outcome: 'booked' | 'moved' | 'held' | 'skipped';
  sessionId: string | null;
  reason: string | null;
  decisionId: string | null;
  filledAt: Date;
}

/** Takes an occurrence; false when somebody has it already: it is never filled twice, whatever became of it. */
export const claimOccurrence = async (tx: Tx, o: OccurrenceRow): Promise<boolean> =>
  (await change(
    tx,
    `INSERT INTO occurrences (series_id, original, outcome, session_id, reason, decision_id, filled_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    [o.seriesId, o.original, o.outcome, o.sessionId, o.reason, o.decisionId, o.filledAt],
  )) === 1;

export const hasOccurrence = async (tx: Tx, seriesId: string, original: string): Promise<boolean> =>
  (await row(tx, 'SELECT 1 AS one FROM occurrences WHERE series_id = ? AND original = ?', [seriesId, original])) !== undefined;

export const knownOriginals = async (tx: Tx, seriesId: string): Promise<Set<string>> =>
  new Set((await rows<{ original: string }>(tx, 'SELECT original FROM occurrences WHERE series_id = ?', [seriesId])).map((o) => o.original));

export type ListedOccurrence = OccurrenceRow & {
  status: SessionStatus | null;
  rev: number | null;
  startsAt: Date | null;
  endsAt: Date | null;
  withoutSlot: boolean | null;
  instructorId: string | null;
  /** Changed by itself (by hand, for a closure, by the answer to a held step), or set apart: no edit of the series touches it. */
  isException: boolean;
};

/** Every occurrence that was filled, with its session as it is now. */
export const occurrencesOf = (tx: Tx, seriesId: string): Promise<ListedOccurrence[]> =>
  rows(
    tx,
    `SELECT o.*, s.status, s.rev, s.starts_at, s.ends_at, s.without_slot,
       (SELECT p.person_id FROM participants p WHERE p.organisation_id = s.organisation_id AND p.session_id = s.id AND p.role = 'instructor' LIMIT 1) AS instructor_id,
       o.set_apart OR EXISTS (SELECT 1 FROM changes c LEFT JOIN batches b ON b.organisation_id = c.organisation_id AND b.id = c.batch_id
         WHERE c.organisation_id = s.organisation_id AND c.session_id = s.id AND b.cause IS DISTINCT FROM 'series') AS is_exception
     FROM occurrences o LEFT JOIN sessions s ON s.organisation_id = o.organisation_id AND s.id = o.session_id
     WHERE o.series_id = ? ORDER BY o.original`,
    [seriesId],
  );

/** The rest of a series goes over to the one that continues it; what was changed or cancelled there stays known. */
export const handOver = (tx: Tx, fromId: string, toId: string, original: string): Promise<void> =>
  write(tx, 'UPDATE occurrences SET series_id = ? WHERE series_id = ? AND original >= ?', [toId, fromId, original]);

/** Somebody has said what becomes of this lesson alone: no edit of its series touches it from now on. */
export const setApart = (tx: Tx, sessionId: string): Promise<void> =>
  write(tx, 'UPDATE occurrences SET set_apart = true WHERE session_id = ?', [sessionId]);

/** The lesson of a series that was cancelled takes place as another session. */
export const rebookOccurrence = (tx: Tx, cancelledId: string, sessionId: string): Promise<void> =>
  write(tx, `UPDATE occurrences SET session_id = ?, outcome = 'booked' WHERE session_id = ?`, [sessionId, cancelledId]);

/** Occurrences that were left out, or waited without a slot, are to be filled as the series is now. */
export const forgetOccurrences = (tx: Tx, seriesId: string, originals: readonly string[]): Promise<void> =>
  write(tx, 'DELETE FROM occurrences WHERE series_id = ? AND original = ANY(?::text[])', [seriesId, originals]);
