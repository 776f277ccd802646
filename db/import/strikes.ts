import type { StrikeRow } from '../strikes';
import { recordset, rows, write, type Tx } from '../database';

/** A strike that was counted in another system, known by its id there. */
export interface ImportedStrike extends Pick<StrikeRow, 'id' | 'personId' | 'kind' | 'termId' | 'state' | 'reason'> {
  externalId: string;
  /** "2026-10-12", by the organisation's calendar. */
  happenedOn: string;
}

export const importedStrikes = (tx: Tx, externalIds: readonly string[]): Promise<ImportedStrike[]> =>
  rows(
    tx,
    `SELECT id, external_id, person_id, kind, happened_on::text AS happened_on, term_id, state, reason FROM strikes
     WHERE external_id IN (SELECT jsonb_array_elements_text(?))`,
    [JSON.stringify(externalIds)],
  );

/** Writes strikes as a file has them; one that counts again has no end any more. */
export async function upsertStrikes(tx: Tx, list: readonly ImportedStrike[], at: Date): Promise<void> {
  await write(
    tx,
    `INSERT INTO strikes (id, external_id, person_id, kind, happened_on, term_id, state, reason, counted_at, ended_at)
     SELECT id, external_id, person_id, kind, happened_on, term_id, state, reason, ?, CASE WHEN state <> 'counted' THEN ?::timestamptz END
     FROM jsonb_populate_recordset(null::strikes, ?)
     ON CONFLICT (organisation_id, external_id) WHERE external_id IS NOT NULL DO UPDATE SET person_id = excluded.person_id, kind = excluded.kind,
       happened_on = excluded.happened_on, term_id = excluded.term_id, state = excluded.state, reason = excluded.reason,
       ended_at = CASE WHEN excluded.state = strikes.state THEN strikes.ended_at ELSE excluded.ended_at END, version = strikes.version + 1`,
    [at, at, recordset(list)],
  );
}
