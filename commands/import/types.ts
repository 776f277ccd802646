import type { CellFault } from '../../domain/import/cells';
import type { Column, ImportKind } from '../../domain/import/columns';
import type { Habits } from '../../domain/import/read';
import type { PersonRow } from '../../db/people';

/** A table as it was read from a file: nothing is understood of it yet. */
export interface Table {
  file: string;
  kind: ImportKind;
  header: readonly string[];
  /** `row` as a spreadsheet counts: the header is 1. */
  rows: { row: number; cells: string[] }[];
}

export interface At {
  file: string;
  row: number;
  /** What the file calls our columns. */
  named: (column: string) => string;
}

export interface ImportFault extends CellFault {
  file: string;
  row: number;
}

/** A row that could be read, by our names. A column that the file does not have is absent, an empty cell is null. */
export interface Row {
  at: At;
  values: Record<string, unknown>;
}

export interface ImportOptions {
  habits: Habits;
  /** Sends no confirmations and no notices of what is imported; reminders that are ahead stay. */
  quiet: boolean;
  /** Does everything, and takes it back. */
  dryRun: boolean;
  progress: (line: string) => void;
}

export interface Tally {
  rows: number;
  created: number;
  changed: number;
  unchanged: number;
}

export interface ImportReport {
  dryRun: boolean;
  quiet: boolean;
  files: { file: string; kind: ImportKind; rows: number; mapping: Record<string, string>; ignored: string[] }[];
  tables: Partial<Record<ImportKind, Tally>>;
  /** Of the sessions: how many the rules hold for a coordinator. */
  held: number;
  /** Changes of lessons that the rules hold for a coordinator. */
  changesHeld: number;
  /** Lessons ahead that were brought in before and are in none of these files; nothing becomes of them. */
  leftOut: number;
  /** Everything that is wrong; nothing is written when there is any. The first of them, and how many there are. */
  faults: ImportFault[];
  faultCount: number;
}

/** Somebody of the file, or of the database, or of both. */
export interface Person extends PersonRow {
  externalId: string | null;
  isNew: boolean;
}

const MOST_KEPT = 1_000;

/** Faults as they are found; the first thousand are kept, all are counted. */
export class Faults {
  readonly kept: ImportFault[] = [];
  count = 0;

  add({ file, row, named }: At, column: string, { fault, remedy }: { fault: string; remedy: string }): void {
    this.count++;
    if (this.kept.length < MOST_KEPT) this.kept.push({ file, row, column: named(column), fault, remedy });
  }
}

export type MappedColumns = readonly (Column | null)[];
