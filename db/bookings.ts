import { noRules } from '../domain/errors';
import type { ParticipantRole } from '../domain/vocabulary';
import type { ClosureRow } from './closures';
import { camelRow, recordset, row, write, type Tx } from './database';
import { DECISIONS_FROM_JSON, type DecisionRow } from './decisions';
import { OBLIGATIONS_FROM_JSON, type NewObligation } from './obligations';
import { SHIFTS_OF } from './duty';
import type { CoordinatorRow, PersonRow } from './people';
import { LOAD, type OtherLesson } from './load';
import { lockPeople, type SessionRow } from './sessions';
import { TIMELINE_FROM_JSON, timelineJson, type TimelineEntry } from './timeline';

export interface BookingGround {
  /** The set in force. */
  setId: string;
  people: PersonRow[];
  /** Guardians who are to be notified, one for each student they have. */
  guardians: (PersonRow & { studentId: string })[];
  coordinators: CoordinatorRow[];
  /** Decision points whose policy is paused. */
  paused: string[];
  /** Closures of the organisation or branch, and time off of these people, at that time. */
  closures: Pick<ClosureRow, 'id' | 'personId'>[];
  /** What else these people have in the week around, and how that is told again. */
  others: OtherLesson[];
  seen: string;
  /** What the instructor takes on at most, by their own word. */
  ownCap: { mostADay: number | null; mostAWeek: number | null } | null;
}

const person = `to_jsonb(p) - 'created_at'`;
const GROUND = `
SELECT (SELECT id FROM rule_sets ORDER BY number DESC LIMIT 1) AS set_id,
  (SELECT jsonb_agg(${person}) FROM people p WHERE p.id = ANY(?::uuid[])) AS people,
  (SELECT jsonb_agg(${person} || jsonb_build_object('student_id', g.student_id) ORDER BY g.student_id, p.id) FROM guardianships g
   JOIN people p ON p.organisation_id = g.organisation_id AND p.id = g.guardian_id
   WHERE g.student_id = ANY(?::uuid[]) AND g.can_notify AND p.active) AS guardians,
  (SELECT jsonb_agg(${person} || jsonb_build_object('shifts', ${SHIFTS_OF}) ORDER BY p.key) FROM people p WHERE p.kind = 'coordinator' AND p.active) AS coordinators,
  ARRAY(SELECT value FROM pauses WHERE scope = 'policy' AND released_at IS NULL) AS paused,
  (SELECT jsonb_agg(jsonb_build_object('id', c.id, 'person_id', c.person_id)) FROM closures c WHERE c.state = 'active' AND c.ends_at > ? AND c.starts_at < ?
     AND CASE WHEN c.person_id IS NULL THEN c.branch IS NULL OR c.branch = ? ELSE c.person_id = ANY(?::uuid[]) END) AS closures,
  ${LOAD},
  (SELECT jsonb_build_object('most_a_day', t.most_a_day, 'most_a_week', t.most_a_week) FROM teaching t WHERE t.person_id = ?) AS own_cap`;

type Listed = object[] | null;
export interface GroundOf {
  studentIds: readonly string[];
  instructorId: string;
  startsAt: Date;
  endsAt: Date;
  branch?: string | null | undefined;
}

type Found = Pick<BookingGround, 'paused' | 'seen'> &
  Record<'people' | 'guardians' | 'coordinators' | 'closures' | 'others', Listed> & { setId: string | null; ownCap: object | null };

/** What a booking is decided and planned from. */
export async function readGround(tx: Tx, about: GroundOf): Promise<BookingGround> {
  const { studentIds, instructorId, startsAt, endsAt, branch } = about;
  const everybody = `{${[...studentIds, instructorId].join(',')}}`;
  const load = [everybody, startsAt, startsAt, everybody, startsAt, instructorId];
  const found = await row<Found>(tx, GROUND, [everybody, `{${studentIds.join(',')}}`, startsAt, endsAt, branch ?? null, everybody, ...load]);
  const list = <T>(rows: Listed): T[] => (rows ?? []).map((r) => camelRow<T>(r));
  const { setId, ...f } = found!;
  if (!setId) throw noRules();
  return {
    setId,
    people: list(f.people),
    guardians: list(f.guardians),
    coordinators: list(f.coordinators),
    closures: list(f.closures),
    paused: f.paused,
    others: list<OtherLesson>(f.others).map((o) => ({ ...o, startsAt: new Date(o.startsAt) })),
    seen: f.seen,
    ownCap: f.ownCap && camelRow(f.ownCap),
  };
}

export type NewSession = Omit<
  SessionRow,
  'organisationId' | 'rev' | 'version' | 'closedAt' | 'cancelledAt' | 'cancelReason' | 'amendments' | 'viabilityAskedAt'
>;

const NEW_COLUMNS = [
  'id',
  'status',
  'title',
  'subject',
  'programme',
  'branch',
  'starts_at',
  'ends_at',
  'buffer_minutes',
  'agreed_wall_time',
  'anchor_zone',
  'is_trial',
  'price_minor',
  'pay_minor',
  'currency',
  'booked_set_id',
  'room_at',
  'doors_at',
  'coverage_at',
  'room_provider',
  'booked_at',
  'expires_at',
  'external_id',
  'created_by',
  'next_due_at',
  'without_slot',
  'min_students',
  'capacity',
  'viability_at',
] as const;

const BOOKING = `
WITH s AS (INSERT INTO sessions (${NEW_COLUMNS.join(', ')}) VALUES (${NEW_COLUMNS.map(() => '?').join(', ')})),
  p AS (INSERT INTO participants (session_id, person_id, person_key, role, starts_at, ends_at, buffer_minutes, holds_slot)
    SELECT ?, p.id, p.key, p.role, ?, ?, ?, ? FROM jsonb_to_recordset(?) AS p(id uuid, key integer, role text)),
  d AS (${DECISIONS_FROM_JSON}),
  t AS (${TIMELINE_FROM_JSON}),
  o AS (${OBLIGATIONS_FROM_JSON})
INSERT INTO outbox (session_id) VALUES (?)`;

export interface Booking {
  session: NewSession;
  people: { id: string; key: number; role: ParticipantRole }[];
  decisions: DecisionRow[];
  timeline: TimelineEntry[];
  obligations: NewObligation[];
  /** How full the weeks of its people were when it was decided, and which closures its time fell into. */
  seen: string;
  closures: BookingGround['closures'];
}

/** Fails the transaction with 40001 when it is not so any more. Said behind the locks of its people. */
const checkGround = (tx: Tx, { session: s, people, seen, closures }: Booking): Promise<void> =>
  write(tx, 'SELECT check_ground(?::uuid[], ?, ?, ?, ?, ?)', [
    `{${people.map((p) => p.id).join(',')}}`,
    s.startsAt,
    s.endsAt,
    s.branch,
    seen,
    closures
      .map((c) => c.id)
      .sort()
      .join(' '),
  ]);

/**
 * Writes a booking with everything that follows from it. People are locked in one order, so that racing bookings queue instead of
 * deadlocking, and until the commit only, so that whoever wants the same person next waits for no thought of ours; a week that has
 * changed since it was read, or a closure that was made, fails with 40001. The database refuses an overlap with 23P01 (constraint participants_no_overlap).
 */
export async function insertBooking(tx: Tx, booking: Booking): Promise<void> {
  const { session: s, people, decisions, timeline, obligations } = booking;
  const values: Record<(typeof NEW_COLUMNS)[number], unknown> = {
    id: s.id,
    status: s.status,
    title: s.title,
    subject: s.subject,
    programme: s.programme,
    branch: s.branch,
    starts_at: s.startsAt,
    ends_at: s.endsAt,
    buffer_minutes: s.bufferMinutes,
    agreed_wall_time: s.agreedWallTime,
    anchor_zone: s.anchorZone,
    is_trial: s.isTrial,
    price_minor: s.priceMinor,
    pay_minor: s.payMinor,
    currency: s.currency,
    booked_set_id: s.bookedSetId,
    room_at: s.roomAt,
    doors_at: s.doorsAt,
    coverage_at: s.coverageAt,
    room_provider: s.roomProvider,
    booked_at: s.bookedAt,
    expires_at: s.expiresAt,
    external_id: s.externalId,
    created_by: s.createdBy,
    next_due_at: s.nextDueAt,
    without_slot: s.withoutSlot,
    min_students: s.minStudents,
    capacity: s.capacity,
    viability_at: s.viabilityAt,
  };
  await lockPeople(
    tx,
    people.map((p) => p.key),
  );
  await checkGround(tx, booking);
  await write(tx, BOOKING, [
    ...NEW_COLUMNS.map((column) => values[column]),
    ...[s.id, s.startsAt, s.endsAt, s.bufferMinutes, !s.withoutSlot, recordset(people)],
    recordset(decisions),
    timelineJson(timeline),
    recordset(obligations),
    s.id,
  ]);
  tx.notify('lectern_timeline', s.id);
  tx.notify('lectern_outbox');
}
