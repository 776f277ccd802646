import { row, rows, type Tx } from './database';
import { allowTime } from './verify';

/** Everything that a judge of a whole organisation's week reads, as it stands in the tables. */
export interface Evidence {
  sessions: SessionSeen[];
  participants: ParticipantSeen[];
  arrivals: ArrivalSeen[];
  presence: PresenceSeen[];
  obligations: ObligationSeen[];
  decisions: DecisionSeen[];
  journals: JournalSeen[];
  heldSteps: HeldStepSeen[];
  changes: ChangeSeen[];
  corrections: CorrectionSeen[];
  documents: { sessionId: string; kind: string; state: string }[];
  credentials: { sessionId: string; personId: string; tokenHash: string; revokedAt: Date | null }[];
  rooms: { sessionId: string; state: string }[];
  timeline: { sessionId: string; kind: string; at: Date }[];
  inbox: { id: string; eventId: string; type: string; state: string; reason: string | null; sessionId: string | null }[];
}

export interface SessionSeen {
  id: string;
  externalId: string | null;
  status: string;
  rev: number;
  startsAt: Date;
  endsAt: Date;
  closedAt: Date | null;
  priceMinor: number;
  payMinor: number;
}
export interface ParticipantSeen {
  sessionId: string;
  personId: string;
  role: string;
  verdict: string;
  verdictAt: Date | null;
  verdictDecisionId: string | null;
}
export interface ArrivalSeen {
  sessionId: string;
  personId: string | null;
  at: Date;
}
/** That somebody came or went, by the provider: what the join page records is when a button was pressed. */
export interface PresenceSeen {
  sessionId: string;
  personId: string | null;
  kind: 'joined' | 'left';
  at: Date;
  connection: string;
}
export interface ObligationSeen {
  id: string;
  sessionId: string;
  personId: string;
  aboutId: string | null;
  kind: string;
  step: string;
  anchorAt: Date;
  channel: string;
  dueAt: Date;
  deadlineAt: Date;
  state: string;
  reason: string | null;
  decisionId: string | null;
  /** Of what it tells, where that is several changes at once. */
  batchId: string | null;
}
export interface DecisionSeen {
  id: string;
  sessionId: string | null;
  point: string;
  rule: string;
  outcome: unknown;
}
export interface JournalSeen {
  id: string;
  /** The journal that it takes back; null for all but reversals. */
  reverses: string | null;
  sessionId: string;
  kind: string;
  subjectId: string;
  rev: number;
  decisionId: string;
  amountMinor: number;
}
export interface HeldStepSeen {
  id: string;
  sessionId: string;
  kind: string;
  subject: string;
  state: string;
  chosen: string | null;
  deadlineAt: Date | null;
  chosenAt: Date | null;
}
export interface ChangeSeen {
  sessionId: string;
  kind: string;
  rev: number;
  decisionId: string | null;
  batchId: string | null;
}

/** What was put right after close; shares are of the agreed price and pay, null where it was not about minutes. */
export interface CorrectionSeen {
  sessionId: string;
  kind: string;
  decisionId: string | null;
  chargePercent: number | null;
  payPercent: number | null;
}

const QUERIES: Record<keyof Evidence, string> = {
  sessions: 'SELECT id, external_id, status, rev, starts_at, ends_at, closed_at, price_minor, pay_minor FROM sessions',
  participants: 'SELECT session_id, person_id, role, verdict, verdict_at, verdict_decision_id FROM participants',
  arrivals: `SELECT session_id, person_id, min(at) AS at FROM attendance_events WHERE kind = 'joined' GROUP BY session_id, person_id`,
  presence: `SELECT session_id, person_id, kind, at, coalesce(data->>'connection', '') AS connection FROM attendance_events
    WHERE kind IN ('joined', 'left') AND coalesce(data->>'connection', '') <> 'join-page'`,
  obligations:
    'SELECT id, session_id, person_id, about_id, kind, step, anchor_at, channel, due_at, deadline_at, state, reason, decision_id, batch_id FROM obligations',
  // Of each search one a candidate: as many as all others together, and nothing that is judged rests on them.
  decisions: `SELECT id, session_id, point, rule, outcome FROM decisions WHERE point NOT IN ('substitute.eligibility', 'substitute.ranking')`,
  // The debit of a charge or payout is its amount.
  journals: `SELECT j.id, j.reverses, j.session_id, j.kind, j.subject_id, j.rev, j.decision_id, coalesce(max(p.amount_minor), 0)::int AS amount_minor
    FROM journals j LEFT JOIN postings p ON p.organisation_id = j.organisation_id AND p.journal_id = j.id
    GROUP BY j.organisation_id, j.id, j.reverses, j.session_id, j.kind, j.subject_id, j.rev, j.decision_id`,
  heldSteps: 'SELECT id, session_id, kind, subject, state, chosen, deadline_at, chosen_at FROM held_steps',
  changes: 'SELECT session_id, kind, rev, decision_id, batch_id FROM changes',
  corrections: `SELECT session_id, kind, decision_id, (result->'minutes'->>'chargePercent')::float AS charge_percent,
    (result->'minutes'->>'payPercent')::float AS pay_percent FROM corrections`,
  documents: 'SELECT session_id, kind, state FROM documents',
  credentials: 'SELECT session_id, person_id, token_hash, revoked_at FROM credentials',
  rooms: 'SELECT session_id, state FROM rooms',
  timeline: `SELECT session_id, kind, at FROM timeline WHERE kind IN ('lesson.started', 'lesson.ended')`,
  inbox: 'SELECT id, event_id, type, state, reason, session_id FROM inbox',
};

export async function evidenceOf(tx: Tx): Promise<Evidence> {
  await allowTime(tx);
  const read = Object.entries(QUERIES).map(async ([name, sql]) => [name, await rows(tx, sql)] as const);
  return Object.fromEntries(await Promise.all(read)) as unknown as Evidence;
}

/** How far a week has come: sessions by status, how many are closed, of how many somebody is still to be told, and the questions that nobody has answered yet. */
export async function progressOf(tx: Tx): Promise<{ booked: number; live: number; closed: number; owing: number; asked: number }> {
  return (await row(
    tx,
    `SELECT count(*)::int AS booked, count(*) FILTER (WHERE status = 'live')::int AS live,
       count(*) FILTER (WHERE closed_at IS NOT NULL)::int AS closed, count(*) FILTER (WHERE next_due_at IS NOT NULL)::int AS owing,
       (SELECT count(*)::int FROM held_steps WHERE state = 'open') AS asked FROM sessions`,
  ))!;
}
