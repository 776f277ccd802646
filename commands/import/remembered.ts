import { rememberRows, takenRows, type TakenRow } from '../../db/import/rows';
import type { Tx } from '../../db/database';
import type { ImportKind } from '../../domain/import/columns';
import { hashOf } from '../../domain/ids';
import { batches } from './batches';
import type { Row } from './types';

/**
 * Rows as they were when they were last taken: one that has not changed in its file changes nothing here, whatever has become of it
 * since. What was edited, moved or cancelled in Lectern stays so when the same file is brought in again.
 */
export class Remembered {
  private readonly taken = new Map<string, { externalId: string; hash: string }>();

  private constructor(
    readonly kind: ImportKind,
    private readonly before: ReadonlyMap<string, TakenRow>,
  ) {}

  static async of(tx: Tx, kind: ImportKind): Promise<Remembered> {
    return new Remembered(kind, new Map((await takenRows(tx, kind)).map((r) => [r.externalId, r])));
  }

  /** True for a row that is as it was; the hash of any other is kept, to be remembered with the import. */
  isAsBefore(externalId: string, { values }: Row): boolean {
    const hash = hashOf(values);
    if (this.before.get(externalId)?.hash === hash) return true;
    this.taken.set(externalId, { externalId, hash });
    return false;
  }

  /** The rev at which the row left its lesson; a lesson is booked with the first. */
  revOf(externalId: string): number {
    return this.before.get(externalId)?.rev ?? 1;
  }

  /** `revs`: what lessons that were changed are at now, by external id. */
  async remember(tx: Tx, at: Date, revs: ReadonlyMap<string, number> = new Map()): Promise<void> {
    const list = [...this.taken.values()].map((row) => ({ ...row, rev: revs.get(row.externalId) ?? null }));
    for (const batch of batches(list)) await rememberRows(tx, this.kind, batch, at);
  }
}
