import { recordset, rows, write, type Tx } from '../database';

export interface Opening {
  subjectId: string;
  currency: string;
  /** What the family owes by all opening journals there are. */
  amountMinor: number;
}

export const openings = (tx: Tx): Promise<Opening[]> =>
  rows(
    tx,
    `SELECT j.subject_id, p.currency, sum(p.amount_minor)::bigint AS amount_minor
     FROM journals j JOIN postings p ON p.organisation_id = j.organisation_id AND p.journal_id = j.id
     WHERE j.kind = 'opening' AND p.account = 'receivable:' || j.subject_id GROUP BY j.subject_id, p.currency`,
  );

/** How many opening journals each person has. */
export const openingCounts = (tx: Tx): Promise<{ subjectId: string; count: number }[]> =>
  rows(tx, `SELECT subject_id, max(rev) AS count FROM journals WHERE kind = 'opening' GROUP BY subject_id`);

export interface OpeningJournal {
  id: string;
  subjectId: string;
  rev: number;
  postedAt: Date;
  amountMinor: number;
  currency: string;
}

/** Posts opening balances, each a journal of two postings; nothing that was posted is touched. */
export async function postOpenings(tx: Tx, list: readonly OpeningJournal[]): Promise<void> {
  await write(
    tx,
    `INSERT INTO journals (id, rev, kind, subject_id, posted_at)
     SELECT id, rev, 'opening', subject_id, posted_at FROM jsonb_populate_recordset(null::journals, ?)`,
    [recordset(list)],
  );
  const postings = list.flatMap(({ id: journalId, subjectId, amountMinor, currency }) => [
    { journalId, account: `receivable:${subjectId}`, amountMinor, currency },
    { journalId, account: 'equity:opening', amountMinor: -amountMinor, currency },
  ]);
  await write(
    tx,
    `INSERT INTO postings (journal_id, account, amount_minor, currency)
     SELECT journal_id, account, amount_minor, currency FROM jsonb_populate_recordset(null::postings, ?)`,
    [recordset(postings)],
  );
}
