import { noRules } from '../domain/errors';
import { insertTriggers } from './automation-triggers';
import { row, rows, write, type Tx } from './database';

/** A policy or message file as published: its name and its text. */
export interface RuleFile {
  file: string;
  text: string;
}
export interface RuleSetRow {
  id: string;
  number: number;
  hash: string;
  content: { policies: RuleFile[]; messages: RuleFile[]; inbound?: RuleFile[]; facts?: RuleFile[]; automations?: RuleFile[] };
  message: string;
  publishedBy: string | null;
  publishedAt: Date;
  /** The second person, where the organisation's rules asked for one. */
  approvedBy?: string | null;
  /** From when it is in force, where that was said beforehand. */
  effectiveFrom?: Date | null;
  /** The number of the earlier set that it brings back. */
  rollsBackTo?: number | null;
}

/** The set in force: the newest one. Its content is not read; sets are immutable and cached by id. */
export async function activeSetId(tx: Tx): Promise<string> {
  const found = await row<{ id: string }>(tx, 'SELECT id FROM rule_sets ORDER BY number DESC LIMIT 1');
  if (!found) throw noRules();
  return found.id;
}

export const readSet = (tx: Tx, id: string): Promise<RuleSetRow | undefined> => row<RuleSetRow>(tx, 'SELECT * FROM rule_sets WHERE id = ?', [id]);

export const newestSet = (tx: Tx): Promise<RuleSetRow | undefined> => row<RuleSetRow>(tx, 'SELECT * FROM rule_sets ORDER BY number DESC LIMIT 1');

export const listSets = (tx: Tx): Promise<Omit<RuleSetRow, 'content'>[]> =>
  rows(tx, 'SELECT id, number, hash, message, published_by, published_at FROM rule_sets ORDER BY number DESC LIMIT 200');

export const setByNumber = (tx: Tx, number: number): Promise<RuleSetRow | undefined> =>
  row<RuleSetRow>(tx, 'SELECT * FROM rule_sets WHERE number = ?', [number]);

/** Whoever publishes goes one after the other: each sees what the one before has put in force. */
export const lockPublishing = (tx: Tx): Promise<void> =>
  write(tx, `SELECT pg_advisory_xact_lock(hashtext('rule-sets'), hashtext(current_setting('lectern.organisation_id')))`);

/** Writes a new immutable set; the number is the next one, so that the newest is the active one. */
export async function insertSet(tx: Tx, set: Omit<RuleSetRow, 'number'>): Promise<number> {
  await lockPublishing(tx);
  const inserted = await row<{ number: number }>(
    tx,
    `INSERT INTO rule_sets (id, number, hash, content, message, published_by, published_at, approved_by, effective_from, rolls_back_to)
     SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM rule_sets RETURNING number`,
    [
      set.id,
      set.hash,
      JSON.stringify(set.content),
      set.message,
      set.publishedBy,
      set.publishedAt,
      set.approvedBy ?? null,
      set.effectiveFrom ?? null,
      set.rollsBackTo ?? null,
    ],
  );
  await insertTriggers(tx, set.id, set.content.automations ?? []);
  return inserted!.number;
}
