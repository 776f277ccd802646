import type { Channel } from '../domain/vocabulary';
import { change, row, rows, write, type Tx } from './database';

export interface OptOutRow {
  channel: Channel;
  /** As the message was addressed: "+4930901820". */
  address: string;
  reason: string;
  optedOutAt: Date;
}

/** Remembers that nothing is to be sent to an address; the first word on it stays. */
export const rememberOptOut = (tx: Tx, o: OptOutRow): Promise<void> =>
  write(tx, 'INSERT INTO opt_outs (channel, address, reason, opted_out_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', [
    o.channel,
    o.address,
    o.reason,
    o.optedOutAt,
  ]);

export const optOutOf = (tx: Tx, channel: Channel, address: string): Promise<OptOutRow | undefined> =>
  row(tx, 'SELECT channel, address, reason, opted_out_at FROM opt_outs WHERE channel = ? AND address = ?', [channel, address]);

/** Of people, by the numbers that they have now. */
export const optOutsOf = (tx: Tx, personIds: readonly string[]): Promise<(Omit<OptOutRow, 'address'> & { personId: string })[]> =>
  rows(
    tx,
    `SELECT p.id AS person_id, o.channel, o.reason, o.opted_out_at FROM people p
     JOIN opt_outs o ON o.organisation_id = p.organisation_id AND o.channel = 'sms' AND o.address = p.phone WHERE p.id = ANY(?::uuid[])`,
    [`{${personIds.join(',')}}`],
  );

/** False when nobody had opted out there. */
export const forgetOptOut = async (tx: Tx, channel: Channel, address: string): Promise<boolean> =>
  (await change(tx, 'DELETE FROM opt_outs WHERE channel = ? AND address = ?', [channel, address])) === 1;
