import type { At, Faults } from './types';

export const placeOf = ({ file, row }: At): string => `${file}, row ${row}`;

/** Ids that rows of one kind have had: each stands once in all files together. */
export class Once {
  private readonly seen = new Map<string, At>();

  constructor(
    private readonly faults: Faults,
    private readonly column: string,
    private readonly remedy = 'leave one of the two out',
  ) {}

  /** Whether a row is the first of its id; another is a fault that names the first. */
  isFirst(at: At, id: string): boolean {
    const twin = this.seen.get(id);
    if (twin) this.faults.add(at, this.column, { fault: `stands in ${placeOf(twin)} already`, remedy: this.remedy });
    else this.seen.set(id, at);
    return !twin;
  }
}
