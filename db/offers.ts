import type { OfferState } from '../domain/vocabulary';
import { change, recordset, row, rows, write, type Tx } from './database';

export interface OfferRow {
  id: string;
  searchId: string;
  sessionId: string;
  personId: string;
  state: OfferState;
  reason: string | null;
  tokenHash: string;
  score: number;
  offeredAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  decisionId: string | null;
  version: number;
}

export const offersOfSearch = (tx: Tx, searchId: string): Promise<OfferRow[]> =>
  rows(tx, 'SELECT * FROM offers WHERE search_id = ? ORDER BY offered_at, score DESC, id', [searchId]);

export const offerById = (tx: Tx, id: string): Promise<OfferRow | undefined> => row(tx, 'SELECT * FROM offers WHERE id = ?', [id]);

/** The newest offer of a session to somebody; what its message is about. */
export const offerTo = (tx: Tx, sessionId: string, personId: string): Promise<OfferRow | undefined> =>
  row(tx, 'SELECT * FROM offers WHERE session_id = ? AND person_id = ? ORDER BY offered_at DESC, id DESC LIMIT 1', [sessionId, personId]);

export const insertOffers = (tx: Tx, list: Omit<OfferRow, 'reason' | 'endedAt' | 'version'>[]): Promise<void> =>
  write(
    tx,
    `INSERT INTO offers (id, search_id, session_id, person_id, state, token_hash, score, offered_at, expires_at, decision_id)
     SELECT * FROM jsonb_to_recordset(?) AS o(id uuid, search_id uuid, session_id uuid, person_id uuid, state text, token_hash text, score integer,
       offered_at timestamptz, expires_at timestamptz, decision_id uuid)`,
    [recordset(list)],
  );

/** The compare-and-swap of an offer: true for exactly one caller. */
export const swapOffer = async (tx: Tx, id: string, to: { state: Exclude<OfferState, 'open'>; reason?: string | null; at: Date }): Promise<boolean> =>
  (await change(tx, `UPDATE offers SET state = ?, reason = ?, ended_at = ?, version = version + 1 WHERE id = ? AND state = 'open'`, [
    to.state,
    to.reason ?? null,
    to.at,
    id,
  ])) === 1;

/** Ends the offers of a search that nobody has answered and whose time is over. */
export const expireOffers = (tx: Tx, searchId: string, at: Date): Promise<OfferRow[]> =>
  rows(
    tx,
    `UPDATE offers SET state = 'expired', ended_at = ?, version = version + 1 WHERE search_id = ? AND state = 'open' AND expires_at <= ? RETURNING *`,
    [at, searchId, at],
  );

/** Ends every offer of a search that still stands. */
export const releaseOffers = (tx: Tx, searchId: string, reason: string, at: Date): Promise<OfferRow[]> =>
  rows(
    tx,
    `UPDATE offers SET state = 'released', reason = ?, ended_at = ?, version = version + 1 WHERE search_id = ? AND state = 'open' RETURNING *`,
    [reason, at, searchId],
  );
