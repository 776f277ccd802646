import { change, recordset, rows, write, type Tx } from './database';

export interface Journal {
  id: string;
  sessionId: string;
  rev: number;
  /** Which round of deciding about the session posts it: 0 is the settlement, each correction has its own. */
  amendment: number;
  kind: 'charge' | 'payout' | 'reversal';
  /** Whom it concerns: the student of a charge, the instructor of a payout. */
  subjectId: string;
  decisionId: string;
  reverses: string | null;
  postedAt: Date;
  postings: { account: string; amountMinor: number; currency: string }[];
}

/** Posts once for (session, subject, kind, rev, amendment); false when it is posted already. The database refuses a journal that does not balance. */
export async function postJournal(tx: Tx, j: Journal): Promise<boolean> {
  const inserted = await change(
    tx,
    `INSERT INTO journals (id, session_id, rev, amendment, kind, subject_id, decision_id, reverses, posted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (organisation_id, session_id, subject_id, kind, rev, amendment) DO NOTHING`,
    [j.id, j.sessionId, j.rev, j.amendment, j.kind, j.subjectId, j.decisionId, j.reverses, j.postedAt],
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

export interface Standing {
  id: string;
  kind: 'charge' | 'payout';
  subjectId: string;
  rev: number;
  amountMinor: number;
  postings: { account: string; amountMinor: number; currency: string }[];
}

/** What stands in the ledger for a session: the journals that no reversal has taken back. */
export const standingOf = (tx: Tx, sessionId: string): Promise<Standing[]> =>
  rows(
    tx,
    `SELECT j.id, j.kind, j.subject_id, j.rev, sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0)::bigint AS amount_minor,
       jsonb_agg(jsonb_build_object('account', p.account, 'amountMinor', p.amount_minor, 'currency', p.currency) ORDER BY p.id) AS postings
     FROM journals j JOIN postings p ON p.organisation_id = j.organisation_id AND p.journal_id = j.id
     WHERE j.session_id = ? AND j.kind <> 'reversal' AND NOT EXISTS (
       SELECT 1 FROM journals r WHERE r.organisation_id = j.organisation_id AND r.reverses = j.id)
     GROUP BY j.id, j.kind, j.subject_id, j.rev, j.posted_at ORDER BY j.posted_at, j.id`,
    [sessionId],
  );

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
