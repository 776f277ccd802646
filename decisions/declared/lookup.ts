import { peopleSeen } from '../../db/declared-facts';
import { lookupCells } from '../../db/lookup-tables';
import type { Tx } from '../../db/database';
import { lookupKey } from '../../domain/lookup-key';
import { cellValue } from '../../policy/facts/cell';
import type { LookupDocument } from '../../policy/facts/types';
import type { AskedOf, Finding } from './asked';

/** What is looked for, of each of these people or of the session. */
async function soughtOf(
  tx: Tx,
  { of, key }: LookupDocument,
  { session, personIds }: AskedOf,
): Promise<{ personId: string | null; sought: string | null }[]> {
  const field = (from: object): string | null => (from as Record<string, string | null>)[key] ?? null;
  if (of === 'session') return session ? [{ personId: null, sought: field(session) }] : [];
  return (await peopleSeen(tx, personIds)).map((p) => ({ personId: p.id, sought: field(p) }));
}

/** Reads a column of an imported table. What has no row, no such column, or a cell that is nothing of the type is not known. */
export async function lookUp(tx: Tx, fact: LookupDocument, asked: AskedOf): Promise<Finding[]> {
  const sought = await soughtOf(tx, fact, asked);
  const keys = [...new Set(sought.flatMap((s) => (s.sought === null ? [] : [lookupKey(s.sought)])))];
  const cells = keys.length === 0 ? [] : await lookupCells(tx, fact.table, fact.column, keys);
  return sought.map(({ personId, sought: text }) => {
    const cell = text === null ? undefined : cells.find((c) => c.key === lookupKey(text))?.cell;
    return { personId, sought: text, value: cell === undefined ? null : (cellValue(fact, cell) ?? null) };
  });
}
