import type { Shift } from '../domain/duty';
import { change, row, rows, write, type Tx } from './database';

export interface ShiftRow extends Shift {
  id: string;
  personId: string;
  version: number;
  endedAt: Date | null;
}

/** The shifts of person `p`, as JSON. */
export const SHIFTS_OF = `coalesce((SELECT jsonb_agg(jsonb_build_object('kind', z.kind, 'weekday', z.weekday, 'onDate', z.on_date, 'fromClock', z.from_clock,
  'toClock', z.to_clock)) FROM duty_shifts z WHERE z.organisation_id = p.organisation_id AND z.person_id = p.id AND z.ended_at IS NULL), '[]')`;

const COLUMNS = `z.id, z.person_id, p.name AS person_name, p.zone, z.kind, z.weekday, z.on_date::text AS on_date, z.from_clock, z.to_clock, z.version, z.ended_at`;
const FROM = 'FROM duty_shifts z JOIN people p ON p.organisation_id = z.organisation_id AND p.id = z.person_id';

export type ListedShift = ShiftRow & { personName: string; zone: string };

export const shiftsInForce = (tx: Tx): Promise<ListedShift[]> =>
  rows(tx, `SELECT ${COLUMNS} ${FROM} WHERE z.ended_at IS NULL ORDER BY z.on_date NULLS FIRST, z.weekday, z.from_clock, z.id LIMIT 1000`);

export const shiftById = (tx: Tx, id: string): Promise<ListedShift | undefined> => row(tx, `SELECT ${COLUMNS} ${FROM} WHERE z.id = ?`, [id]);

export async function insertShift(tx: Tx, s: Shift & { id: string; personId: string; at: Date; by: string }): Promise<void> {
  await write(
    tx,
    `INSERT INTO duty_shifts (id, person_id, kind, weekday, on_date, from_clock, to_clock, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [s.id, s.personId, s.kind, s.weekday, s.onDate, s.fromClock, s.toClock, s.at, s.by],
  );
}

export const endShift = (tx: Tx, id: string, at: Date): Promise<number> =>
  change(tx, 'UPDATE duty_shifts SET ended_at = ?, version = version + 1 WHERE id = ? AND ended_at IS NULL', [at, id]);
