import { importedHashes, rememberRows } from '../../db/import/rows';
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
  private readonly taken: { externalId: string; hash: string }[] = [];

  private constructor(
    private readonly kind: ImportKind,
    private readonly before: ReadonlyMap<string, string>,
  ) {}

  static async of(tx: Tx, kind: ImportKind): Promise<Remembered> {
    return new Remembered(kind, await importedHashes(tx, kind));
  }

  /** True for a row that is as it was; the hash of any other is kept, to be remembered with the import. */
  isAsBefore(externalId: string, { values }: Row): boolean {
    const hash = hashOf(values);
    if (this.before.get(externalId) === hash) return true;
    this.taken.push({ externalId, hash });
    return false;
  }

  async remember(tx: Tx, at: Date): Promise<void> {
    for (const batch of batches(this.taken)) await rememberRows(tx, this.kind, batch, at);
  }
}
