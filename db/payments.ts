import { newId } from '../domain/ids';
import { rows, write, type Tx } from './database';

export const PAYMENT_STATES = ['succeeded', 'failed', 'action-required', 'refunded', 'disputed'] as const;
export interface PaymentRow {
  id: string;
  sessionId: string;
  source: string;
  reference: string;
  state: (typeof PAYMENT_STATES)[number];
  amountMinor: number | null;
  currency: string | null;
  reason: string | null;
  at: Date;
  version: number;
}

/** Of two of one instant the one that says more counts: what was paid back had been paid. */
const RANK = "array_position(ARRAY['action-required','failed','succeeded','refunded','disputed'], ";

/** What a payment provider says of a payment, by its own time: an older word that comes later changes nothing. */
export const paymentHappened = (tx: Tx, p: Omit<PaymentRow, 'id' | 'version'>): Promise<void> =>
  write(
    tx,
    `INSERT INTO payments AS p (id, session_id, source, reference, state, amount_minor, currency, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, source, reference) DO UPDATE SET state = excluded.state, amount_minor = coalesce(excluded.amount_minor, p.amount_minor),
       currency = coalesce(excluded.currency, p.currency), reason = excluded.reason, at = excluded.at, version = p.version + 1
     WHERE excluded.at > p.at OR excluded.at = p.at AND ${RANK}excluded.state) > ${RANK}p.state)`,
    [newId(), p.sessionId, p.source, p.reference, p.state, p.amountMinor, p.currency, p.reason, p.at],
  );

const MOST = 200;
/** What payment providers say of a lesson, the oldest first. */
export const paymentsOf = (tx: Tx, sessionId: string): Promise<PaymentRow[]> =>
  rows(
    tx,
    `SELECT id, session_id, source, reference, state, amount_minor, currency, reason, at, version FROM payments WHERE session_id = ? ORDER BY at, id LIMIT ?`,
    [sessionId, MOST],
  );
