import { change, row, rows, write, type Queryable, type Tx } from './database';

/** Which sessions are meant; what is left out does not matter. */
export interface Selection {
  programme?: string | undefined;
  branch?: string | undefined;
  subject?: string | undefined;
  /** Business instants as text: sessions that start from then on, and before then. */
  from?: string | undefined;
  until?: string | undefined;
}

export const ADOPTION_STATES = ['running', 'done', 'superseded'] as const;
export interface AdoptionRow {
  id: string;
  /** Grows when it ends, not as it goes on. */
  version: number;
  setId: string;
  /** They also take the set as the one that they were booked under. */
  withTerms: boolean;
  selection: Selection;
  decisionId: string;
  batch: number;
  perMinute: number;
  /** `superseded`: another set came into force before it was through, which looks at all of them again. */
  state: (typeof ADOPTION_STATES)[number];
  startedAt: Date;
  startedBy: string | null;
  endedAt: Date | null;
}

export interface ListedAdoption extends AdoptionRow {
  number: number;
  startedByName: string | null;
  sessions: number;
  waiting: number;
  failed: number;
  moved: number;
  added: number;
  takenBack: number;
}

/** What follows a set: still to come; and where the terms are meant, what has begun and is not settled yet. */
const FOLLOWS = `(status IN ('booked','ready') AND starts_at > :asOf OR :withTerms::boolean AND status IN ('booked','ready','live','documenting'))
  AND (:programme::text IS NULL OR lower(programme) = lower(:programme)) AND (:branch::text IS NULL OR lower(branch) = lower(:branch))
  AND (:subject::text IS NULL OR lower(subject) = lower(:subject))
  AND (:from::timestamptz IS NULL OR starts_at >= :from::timestamptz) AND (:until::timestamptz IS NULL OR starts_at < :until::timestamptz)`;

export interface Meant {
  withTerms: boolean;
  selection: Selection;
  asOf: Date;
}

function meant(sql: string, { withTerms, selection: s, asOf }: Meant): [string, unknown[]] {
  const given: Record<string, unknown> = { asOf, withTerms, ...s };
  const bindings: unknown[] = [];
  const text = sql.replace(/(?<!:):([a-zA-Z]+)/g, (_, name: string) => {
    bindings.push(given[name] ?? null);
    return '?';
  });
  return [text, bindings];
}

export async function countMeant(tx: Tx, m: Meant): Promise<number> {
  const [sql, bindings] = meant(`SELECT count(*)::int AS n FROM sessions WHERE ${FOLLOWS}`, m);
  return (await row<{ n: number }>(tx, sql, bindings))!.n;
}

/** The next of those that are meant, by their start. */
export async function meantAfter(tx: Tx, m: Meant, after: string | null, limit: number): Promise<string[]> {
  const [sql, bindings] = meant(`SELECT id FROM sessions WHERE ${FOLLOWS}`, m);
  const page = await rows<{ id: string }>(tx, `${sql} AND (?::uuid IS NULL OR id > ?::uuid) ORDER BY id LIMIT ?`, [...bindings, after, after, limit]);
  return page.map((s) => s.id);
}

export async function insertAdoption(tx: Tx, a: Omit<AdoptionRow, 'version' | 'state' | 'endedAt'>): Promise<void> {
  await write(
    tx,
    `INSERT INTO adoptions (id, set_id, with_terms, selection, decision_id, batch, per_minute, state, started_at, started_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?, ?)`,
    [a.id, a.setId, a.withTerms, JSON.stringify(a.selection), a.decisionId, a.batch, a.perMinute, a.startedAt, a.startedBy],
  );
  const [sql, bindings] = meant(`SELECT id FROM sessions WHERE ${FOLLOWS}`, { ...a, asOf: a.startedAt });
  await write(tx, `INSERT INTO adoption_items (adoption_id, session_id, state) SELECT ?, m.id, 'waiting' FROM (${sql}) AS m`, [a.id, ...bindings]);
}

/** Those under way that lay out messages alone: whoever comes after looks at their sessions again. */
export const supersede = (tx: Tx, asOf: Date): Promise<number> =>
  change(tx, `UPDATE adoptions SET state = 'superseded', ended_at = ?, version = version + 1 WHERE state = 'running' AND NOT with_terms`, [asOf]);

export const findAdoption = (tx: Tx, id: string): Promise<AdoptionRow | undefined> => row(tx, 'SELECT * FROM adoptions WHERE id = ?', [id]);

export const waitingSessions = async (tx: Tx, adoptionId: string, limit: number): Promise<string[]> =>
  (
    await rows<{ sessionId: string }>(
      tx,
      `SELECT i.session_id FROM adoption_items i JOIN adoptions a ON a.organisation_id = i.organisation_id AND a.id = i.adoption_id
       WHERE i.adoption_id = ? AND i.state = 'waiting' AND a.state = 'running' ORDER BY i.session_id LIMIT ?`,
      [adoptionId, limit],
    )
  ).map((i) => i.sessionId);

export interface ItemEnd {
  state: 'done' | 'passed' | 'failed';
  why: string | null;
  moved: number;
  added: number;
  takenBack: number;
}

/** Ends an item; false when it has ended already. In the transaction that does what it says. */
export const endItem = async (tx: Tx, adoptionId: string, sessionId: string, e: ItemEnd, asOf: Date): Promise<boolean> =>
  (await change(
    tx,
    `UPDATE adoption_items SET state = ?, why = ?, moved = ?, added = ?, taken_back = ?, done_at = ?
     WHERE adoption_id = ? AND session_id = ? AND state = 'waiting'`,
    [e.state, e.why, e.moved, e.added, e.takenBack, asOf, adoptionId, sessionId],
  )) > 0;

/** Its end, once nothing waits any more. */
export const endAdoption = (tx: Tx, id: string, asOf: Date): Promise<number> =>
  change(
    tx,
    `UPDATE adoptions SET state = 'done', ended_at = ?, version = version + 1 WHERE id = ? AND state = 'running'
     AND NOT EXISTS (SELECT 1 FROM adoption_items i WHERE i.organisation_id = adoptions.organisation_id AND i.adoption_id = adoptions.id AND i.state = 'waiting')`,
    [asOf, id],
  );

export const runningAdoptionIds = async (tx: Tx): Promise<string[]> =>
  (await rows<{ id: string }>(tx, `SELECT id FROM adoptions WHERE state = 'running' ORDER BY started_at, id`)).map((a) => a.id);

export const organisationsWithAdoptions = async (crossing: Queryable): Promise<string[]> =>
  (await rows<{ id: string }>(crossing, 'SELECT o AS id FROM organisations_with_adoptions() AS o')).map((r) => r.id);

/** The set whose terms a session goes by from here on. */
export const setBookedSet = (tx: Tx, sessionId: string, setId: string): Promise<number> =>
  change(tx, 'UPDATE sessions SET booked_set_id = ?, version = version + 1 WHERE id = ? AND booked_set_id <> ?', [setId, sessionId, setId]);
