import { change, recordset, rows, write, type Tx } from './database';

export interface Journal {
  id: string;
  sessionId: string;
  rev: number;
  kind: 'charge' | 'payout' | 'reversal';
  /** Whom it concerns: the student of a charge, the instructor of a payout. */
  subjectId: string;
  decisionId: string;
  reverses: string | null;
  postedAt: Date;
  postings: { account: string; amountMinor: number; currency: string }[];
}

/** Posts once for (session, subject, kind, rev); false when it is posted already. The database refuses a journal that does not balance. */
export async function postJournal(tx: Tx, j: Journal): Promise<boolean> {
  const inserted = await change(
    tx,
    `INSERT INTO journals (id, session_id, rev, kind, subject_id, decision_id, reverses, posted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, session_id, subject_id, kind, rev) DO NOTHING`,
    [j.id, j.sessionId, j.rev, j.kind, j.subjectId, j.decisionId, j.reverses, j.postedAt],
  );
  if (inserted === 0) return false;
  await write(
    tx,
    `INSERT INTO postings (journal_id, account, amount_minor, currency)
     SELECT ?, p.account, p.amount_minor, p.currency FROM jsonb_to_recordset(?) AS p(account text, amount_minor bigint, currency text)`,
    [j.id, recordset(j.postings)],
  );
  return true;
}

export const postingsOf = (
  tx: Tx,
  sessionId: string,
): Promise<{ account: string; amountMinor: number; currency: string; kind: string; decisionId: string }[]> =>
  rows(
    tx,
    `SELECT p.account, p.amount_minor, p.currency, j.kind, j.decision_id FROM postings p
     JOIN journals j ON j.organisation_id = p.organisation_id AND j.id = p.journal_id WHERE j.session_id = ? ORDER BY p.id`,
    [sessionId],
  );

/** Currencies whose postings do not add up to nothing: none, in a sound ledger. */
export const imbalances = (tx: Tx): Promise<{ currency: string; total: number }[]> =>
  rows(tx, 'SELECT currency, sum(amount_minor)::bigint AS total FROM postings GROUP BY currency HAVING sum(amount_minor) <> 0');

export const totalsOf = async (tx: Tx, sessionId: string): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await rows<{ currency: string; total: number }>(
        tx,
        `SELECT p.currency, sum(p.amount_minor)::bigint AS total FROM postings p JOIN journals j ON j.organisation_id = p.organisation_id AND j.id = p.journal_id
         WHERE j.session_id = ? GROUP BY p.currency`,
        [sessionId],
      )
    ).map((t) => [t.currency, t.total]),
  );
