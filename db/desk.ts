import { SNOOZE_EVENTS, type SnoozeEvent } from '../domain/snooze';
import { rows, write, type Tx } from './database';

/** Who looks after a held step, and what it rests for; all null where nobody ever did. */
export interface DeskColumns {
  claimedBy: string | null;
  claimedByName: string | null;
  claimedAt: Date | null;
  snoozedUntil: Date | null;
  snoozedEvent: SnoozeEvent | null;
  snoozedPersonId: string | null;
  snoozedAt: Date | null;
  snoozedByName: string | null;
}

/** Of the desk of a step, aliased `k`. */
export const DESK_COLUMNS = `k.claimed_by, k.claimed_by_name, k.claimed_at, k.snoozed_until, k.snoozed_event, k.snoozed_person_id, k.snoozed_at, k.snoozed_by_name`;
export const JOIN_DESK = 'LEFT JOIN held_step_desk k ON k.organisation_id = h.organisation_id AND k.held_step_id = h.id';

const KINDS_OF_EVENT = Object.entries(SNOOZE_EVENTS)
  .map(([event, kinds]) => `WHEN '${event}' THEN ARRAY[${kinds.map((kind) => `'${kind}'`).join(',')}]`)
  .join(' ');

/**
 * Whether step `h` rests, by its desk `k`: neither its time nor what it waits for has come. Nothing fires when one of them does: who
 * reads the step sees it. Binds the instant of the question.
 */
export const IS_SNOOZED = `(k.snoozed_at IS NOT NULL AND h.state = 'open' AND (k.snoozed_until IS NULL OR k.snoozed_until > ?::timestamptz)
  AND (k.snoozed_event IS NULL OR NOT EXISTS (SELECT 1 FROM timeline t WHERE t.organisation_id = h.organisation_id AND t.session_id = h.session_id
    AND t.id > k.snoozed_after AND t.kind = ANY(CASE k.snoozed_event ${KINDS_OF_EVENT} END)
    AND (k.snoozed_person_id IS NULL OR t.data->>'personId' = k.snoozed_person_id::text))))`;

const UPSERT = `ON CONFLICT (organisation_id, held_step_id) DO UPDATE SET version = held_step_desk.version + 1,`;

export async function setClaim(tx: Tx, stepId: string, claim: { by: string; name: string; at: Date } | null): Promise<void> {
  await write(
    tx,
    `INSERT INTO held_step_desk (held_step_id, claimed_by, claimed_by_name, claimed_at) VALUES (?, ?, ?, ?)
     ${UPSERT} claimed_by = excluded.claimed_by, claimed_by_name = excluded.claimed_by_name, claimed_at = excluded.claimed_at`,
    [stepId, claim?.by ?? null, claim?.name ?? null, claim?.at ?? null],
  );
}

export interface Snooze {
  until: Date | null;
  event: SnoozeEvent | null;
  personId: string | null;
  at: Date;
  byName: string;
}

/** The caller holds the session's lock: what its timeline tells from here on is what the step waits for. */
export async function setSnooze(tx: Tx, step: { id: string; sessionId: string }, s: Snooze | null): Promise<void> {
  await write(
    tx,
    `INSERT INTO held_step_desk (held_step_id, snoozed_until, snoozed_event, snoozed_person_id, snoozed_at, snoozed_by_name, snoozed_after)
     SELECT ?, ?, ?, ?, ?, ?, coalesce(max(id), 0) FROM timeline WHERE session_id = ?
     ${UPSERT} snoozed_until = excluded.snoozed_until, snoozed_event = excluded.snoozed_event, snoozed_person_id = excluded.snoozed_person_id,
       snoozed_at = excluded.snoozed_at, snoozed_by_name = excluded.snoozed_by_name, snoozed_after = excluded.snoozed_after`,
    [step.id, s?.until ?? null, s?.event ?? null, s?.personId ?? null, s?.at ?? null, s?.byName ?? null, step.sessionId],
  );
}

export const CONTACT_CHANNELS = ['phone', 'sms', 'email', 'chat', 'in-person'] as const;
export const CONTACT_OUTCOMES = ['reached', 'left-message', 'no-answer', 'wrong-address', 'declined'] as const;

export interface NoteRow {
  id: string;
  heldStepId: string;
  kind: 'comment' | 'contact';
  body: string | null;
  personId: string | null;
  personName: string | null;
  channel: (typeof CONTACT_CHANNELS)[number] | null;
  outcome: (typeof CONTACT_OUTCOMES)[number] | null;
  /** When it was: for a contact, when somebody was called. */
  at: Date;
  writtenAt: Date;
  authorId: string;
  authorName: string;
}

export async function insertNote(tx: Tx, n: Omit<NoteRow, 'personName'>): Promise<void> {
  await write(
    tx,
    `INSERT INTO held_step_notes (id, held_step_id, kind, body, person_id, channel, outcome, at, written_at, author_id, author_name)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [n.id, n.heldStepId, n.kind, n.body, n.personId, n.channel, n.outcome, n.at, n.writtenAt, n.authorId, n.authorName],
  );
}

/** What was written on these steps since an instant, the oldest first. */
export const notesOf = (tx: Tx, stepIds: readonly string[], since: Date | null = null): Promise<NoteRow[]> =>
  stepIds.length === 0
    ? Promise.resolve([])
    : rows(
        tx,
        `SELECT n.*, p.name AS person_name FROM held_step_notes n LEFT JOIN people p ON p.organisation_id = n.organisation_id AND p.id = n.person_id
         WHERE n.held_step_id = ANY(?::uuid[]) AND (?::timestamptz IS NULL OR n.written_at >= ?) ORDER BY n.written_at, n.id LIMIT 1000`,
        [`{${stepIds.join(',')}}`, since, since],
      );
