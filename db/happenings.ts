import type { Happening, Where } from '../policy/facts/types';
import { parseDuration } from '../policy/units';
import { rows, type Tx } from './database';

/** One thing that was counted. `day` as the organisation's calendar has it: of the lesson, or where so many days back are counted, of the happening. */
export interface HappeningRow {
  /** Who was asked about: in a household perhaps somebody else than `personId`. */
  askedId: string;
  personId: string;
  sessionId: string | null;
  title: string | null;
  day: string;
}

/** From when it is counted. `anchorAt`: the instant whose term or school year it is. */
export type CountedSince = { anchorAt: Date } & ({ window: 'term' } | { window: 'schoolYear'; yearFrom: string } | { window: 'days'; days: number });

export interface Counted {
  happening: Happening;
  personIds: readonly string[];
  /** Of everybody who shares a household with them as well. */
  withHousehold: boolean;
  since: CountedSince;
  where: Where;
  /** Whatever happened on this session is not counted: it is what is being decided. */
  exceptSessionId: string | null;
  asOf: Date;
}

/** Who was ever on a session, as what, from when until when, and what was said of them. */
const ON = `(SELECT p.person_id, p.session_id, p.verdict, p.joined_at, NULL::timestamptz AS left_at, NULL::integer AS left_rev, p.role FROM participants p
  UNION ALL SELECT f.person_id, f.session_id, f.verdict, f.joined_at, f.left_at, f.rev, f.role FROM former_participants f)`;

const CHANGED = `SELECT w.asked_id, w.person_id, c.id AS key, c.session_id, (c.before->>'startsAt')::timestamptz AS lesson_at, c.made_at AS at,
    (d.outcome->>'chargePercent')::numeric AS share, c.before->>'status' AS status
  FROM whose w JOIN ${ON} p ON p.person_id = w.person_id JOIN changes c ON c.session_id = p.session_id AND c.before->>'status' <> 'held'`;
/** What somebody asked for, under the terms: not what a closure, a clock change or a group's size brought about. */
const ASKED = `JOIN decisions d ON d.id = c.decision_id AND d.point = 'change'`;

const attended = (
  verdicts: string,
  where = '',
): string => `SELECT w.asked_id, w.person_id, s.id AS key, s.id AS session_id, s.starts_at AS lesson_at, s.starts_at AS at,
    NULL::numeric AS share, NULL::text AS status
  FROM whose w JOIN ${ON} p ON p.person_id = w.person_id JOIN sessions s ON s.id = p.session_id AND s.status <> 'cancelled'
  WHERE p.verdict IN (${verdicts}) ${where}`;

const HAPPENED: Record<Happening, string> = {
  cancellation: `${CHANGED} AND ((c.kind = 'cancel' AND p.left_at IS NULL) OR (c.kind = 'drop' AND c.rev = p.left_rev)) ${ASKED}`,
  move: `${CHANGED} AND c.kind = 'reschedule' AND (p.joined_at IS NULL OR p.joined_at <= c.made_at) AND (p.left_at IS NULL OR p.left_at > c.made_at) ${ASKED}`,
  'make-up': attended(
    `'arrived', 'late'`,
    `AND EXISTS (SELECT 1 FROM changes c WHERE c.session_id = s.id AND c.kind = 'reschedule' AND c.before->>'status' <> 'held')`,
  ),
  taken: attended(`'arrived', 'late'`),
  late: attended(`'late'`),
  'no-show': attended(`'no-show'`),
  strike: `SELECT w.asked_id, w.person_id, k.id AS key, k.session_id, coalesce(s.starts_at, k.happened_on::timestamp AT TIME ZONE o.home_zone) AS lesson_at,
      k.counted_at AS at, NULL::numeric AS share, NULL::text AS status
    FROM whose w JOIN strikes k ON k.person_id = w.person_id AND k.state = 'counted' JOIN organisations o ON o.id = k.organisation_id
    LEFT JOIN sessions s ON s.id = k.session_id`,
  charge: `SELECT w.asked_id, w.person_id, j.id AS key, j.session_id, s.starts_at AS lesson_at, j.posted_at AS at,
      (d.outcome->>'percent')::numeric AS share, NULL::text AS status
    FROM whose w JOIN ${ON} p ON p.person_id = w.person_id
    JOIN journals j ON j.session_id = p.session_id AND j.subject_id = p.person_id AND j.kind = 'charge' JOIN sessions s ON s.id = j.session_id
    LEFT JOIN decisions d ON d.id = j.decision_id
    WHERE NOT EXISTS (SELECT 1 FROM journals r WHERE r.reverses = j.id)`,
  'given-up': `${CHANGED} AND c.kind IN ('reassign', 'swap') AND c.rev = p.left_rev AND p.role = 'instructor' LEFT JOIN decisions d ON d.id = c.decision_id`,
};

const WHOSE = `SELECT id AS asked_id, id AS person_id FROM unnest(?::uuid[]) AS id`;
const HOUSEHOLD = `${WHOSE} UNION SELECT g.student_id, m.student_id FROM guardianships g
  JOIN guardianships m ON m.organisation_id = g.organisation_id AND m.household = g.household WHERE g.student_id = ANY(?::uuid[])`;

type Clause = [sql: string, ...bindings: unknown[]];
const TERM_OF = (day: string): string => `(SELECT t.id FROM terms t WHERE ${day} BETWEEN t.starts_on AND t.ends_on)`;

/** The days of a window. What lies in no term is counted where the lesson lies in none. */
function windowOf(since: CountedSince, asOf: Date): Clause {
  if (since.window === 'days') return ['at > ((?::timestamptz AT TIME ZONE zone) - make_interval(days => ?)) AT TIME ZONE zone', asOf, since.days];
  const anchorDay = '(?::timestamptz AT TIME ZONE zone)::date';
  if (since.window === 'term') return [`${TERM_OF('lesson_day')} IS NOT DISTINCT FROM ${TERM_OF(anchorDay)}`, since.anchorAt];
  const [month, date] = since.yearFrom.split('-').map(Number);
  const began = (day: string): string =>
    `(extract(year FROM ${day}) - CASE WHEN (extract(month FROM ${day}), extract(day FROM ${day})) < (?::integer, ?::integer) THEN 1 ELSE 0 END)`;
  return [`${began('lesson_day')} = ${began(anchorDay)}`, month, date, since.anchorAt, since.anchorAt, since.anchorAt, month, date];
}

/** Labels are typed by people: spelling and spaces around are not told apart, as policies do not. */
function filtersOf({ share, notice, status, trial, ...labels }: Where): Clause[] {
  const range = (column: string, from: unknown, to: unknown): Clause[] => [
    ...(from === undefined ? [] : [[`${column} >= ?`, from] as Clause]),
    ...(to === undefined ? [] : [[`${column} <= ?`, to] as Clause]),
  ];
  const ms = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseDuration(text)!);
  return [
    ...Object.entries(labels).map(([label, value]): Clause => [`lower(btrim(${label})) = lower(btrim(?::text))`, value]),
    ...(trial === undefined ? [] : [['is_trial = ?', trial] as Clause]),
    ...range('share', share?.from, share?.to),
    ...range('extract(epoch FROM lesson_at - at) * 1000', ms(notice?.from), ms(notice?.to)),
    ...(status ? [['status = ANY(?::text[])', `{${status.join(',')}}`] as Clause] : []),
  ];
}

/** Everything of a kind that happened to people until `asOf`, in one statement: the one place where a counter counts. */
export function happeningsOf(tx: Tx, { happening, personIds, withHousehold, since, where, exceptSessionId, asOf }: Counted): Promise<HappeningRow[]> {
  const ids = `{${personIds.join(',')}}`;
  const clauses = [windowOf(since, asOf), ...filtersOf(where)];
  const when = since.window === 'days' ? 'at' : 'lesson_at';
  return rows(
    tx,
    `WITH whose AS (${withHousehold ? HOUSEHOLD : WHOSE}), happened AS (${HAPPENED[happening]}),
     told AS (
       SELECT DISTINCT ON (h.asked_id, h.key) h.*, s.title, s.subject, s.programme, s.branch, s.is_trial, o.home_zone AS zone,
         (h.lesson_at AT TIME ZONE o.home_zone)::date AS lesson_day
       FROM happened h JOIN organisations o ON o.id = current_setting('lectern.organisation_id')::uuid LEFT JOIN sessions s ON s.id = h.session_id
       WHERE h.at <= ? AND h.session_id IS DISTINCT FROM ?::uuid ORDER BY h.asked_id, h.key, h.person_id)
     SELECT asked_id, person_id, session_id, title, (${when} AT TIME ZONE zone)::date::text AS day FROM told WHERE ${clauses.map(([sql]) => sql).join(' AND ')}
     ORDER BY asked_id, ${when}, key`,
    [ids, ...(withHousehold ? [ids] : []), asOf, exceptSessionId, ...clauses.flatMap(([, ...bindings]) => bindings)],
  );
}
