import type { WaitlistState } from '../domain/vocabulary';
import { change, row, rows, write, type Tx } from './database';

/** A student who waits for a place in a group, or waited for one. */
export interface WaitlistRow {
  id: string;
  sessionId: string;
  personId: string;
  state: WaitlistState;
  addedAt: Date;
  addedBy: string | null;
  tokenHash: string;
  /** How often a place was offered. */
  offers: number;
  offeredAt: Date | null;
  expiresAt: Date | null;
  endedAt: Date | null;
  decisionId: string | null;
  /** Whoever answered the offer; a person where they did so behind a link of their own. */
  answeredBy: string | null;
  answeredByName: string | null;
  version: number;
}

const OPEN = `state IN ('waiting', 'offered')`;

export const waitlistEntry = (tx: Tx, id: string): Promise<WaitlistRow | undefined> => row(tx, 'SELECT * FROM waitlist WHERE id = ?', [id]);

/** Who waits or has an offer, in the order in which they came. */
export const openEntriesOf = (tx: Tx, sessionId: string): Promise<WaitlistRow[]> =>
  rows(tx, `SELECT * FROM waitlist WHERE session_id = ? AND ${OPEN} ORDER BY added_at, id`, [sessionId]);

/** The newest entry of a student; what a message to them is about. */
export const entryOf = (tx: Tx, sessionId: string, personId: string): Promise<WaitlistRow | undefined> =>
  row(tx, 'SELECT * FROM waitlist WHERE session_id = ? AND person_id = ? ORDER BY added_at DESC, id DESC LIMIT 1', [sessionId, personId]);

export const countPlaces = async (tx: Tx, sessionId: string): Promise<{ waiting: number; offered: number }> =>
  (await row<{ waiting: number; offered: number }>(
    tx,
    `SELECT count(*) FILTER (WHERE state = 'waiting')::int AS waiting, count(*) FILTER (WHERE state = 'offered')::int AS offered
     FROM waitlist WHERE session_id = ?`,
    [sessionId],
  ))!;

/** Of these waiting students, those who have a brother or sister on the session. */
export const withSiblingOn = async (tx: Tx, sessionId: string, personIds: readonly string[]): Promise<Set<string>> =>
  new Set(
    (
      await rows<{ id: string }>(
        tx,
        `SELECT DISTINCT mine.student_id AS id FROM guardianships mine
         JOIN guardianships theirs ON theirs.organisation_id = mine.organisation_id AND theirs.guardian_id = mine.guardian_id AND theirs.student_id <> mine.student_id
         JOIN participants p ON p.organisation_id = theirs.organisation_id AND p.session_id = ? AND p.person_id = theirs.student_id
         WHERE mine.student_id = ANY(?::uuid[])`,
        [sessionId, `{${personIds.join(',')}}`],
      )
    ).map((r) => r.id),
  );

/** False when the student is on the list already. */
export const insertEntry = async (
  tx: Tx,
  e: Pick<WaitlistRow, 'id' | 'sessionId' | 'personId' | 'addedAt' | 'addedBy' | 'tokenHash'>,
): Promise<boolean> =>
  (await change(
    tx,
    `INSERT INTO waitlist (id, session_id, person_id, state, added_at, added_by, token_hash) VALUES (?, ?, ?, 'waiting', ?, ?, ?)
     ON CONFLICT (organisation_id, session_id, person_id) WHERE ${OPEN} DO NOTHING`,
    [e.id, e.sessionId, e.personId, e.addedAt, e.addedBy, e.tokenHash],
  )) === 1;

export const offerPlaces = (
  tx: Tx,
  ids: readonly string[],
  { at, until, decisionId }: { at: Date; until: Date; decisionId: string },
): Promise<WaitlistRow[]> =>
  rows(
    tx,
    `UPDATE waitlist SET state = 'offered', offers = offers + 1, offered_at = ?, expires_at = ?, decision_id = ?, version = version + 1
     WHERE id = ANY(?::uuid[]) AND state = 'waiting' RETURNING *`,
    [at, until, decisionId, `{${ids.join(',')}}`],
  );

/** Offers that nobody has answered in time end with that. */
export const expirePlaces = (tx: Tx, sessionId: string, at: Date): Promise<WaitlistRow[]> =>
  rows(
    tx,
    `UPDATE waitlist SET state = 'expired', ended_at = ?, version = version + 1 WHERE session_id = ? AND state = 'offered' AND expires_at <= ? RETURNING *`,
    [at, sessionId, at],
  );

/** Offers that cannot be accepted any more: who has one waits again, where they stood. */
export const takeBackPlaces = (tx: Tx, sessionId: string): Promise<WaitlistRow[]> =>
  rows(tx, `UPDATE waitlist SET state = 'waiting', expires_at = NULL, version = version + 1 WHERE session_id = ? AND state = 'offered' RETURNING *`, [
    sessionId,
  ]);

export async function endEntry(tx: Tx, id: string, state: Exclude<WaitlistState, 'waiting' | 'offered'>, at: Date): Promise<void> {
  await write(tx, `UPDATE waitlist SET state = ?, ended_at = ?, version = version + 1 WHERE id = ? AND ${OPEN}`, [state, at, id]);
}

export async function noteAnswer(tx: Tx, id: string, by: { personId: string | null; name: string }): Promise<void> {
  await write(tx, 'UPDATE waitlist SET answered_by = ?, answered_by_name = ? WHERE id = ?', [by.personId, by.name, id]);
}

/** An offer stands until then, whatever was said before. */
export async function keepOffer(tx: Tx, id: string, until: Date): Promise<void> {
  await write(tx, `UPDATE waitlist SET expires_at = ?, version = version + 1 WHERE id = ? AND state = 'offered'`, [until, id]);
}

export const closeEntries = (tx: Tx, sessionId: string, at: Date): Promise<WaitlistRow[]> =>
  rows(tx, `UPDATE waitlist SET state = 'closed', ended_at = ?, version = version + 1 WHERE session_id = ? AND ${OPEN} RETURNING *`, [at, sessionId]);
