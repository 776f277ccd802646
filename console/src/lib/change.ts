import type { MakeChange } from '../api/client';
import { instantOf } from './time';

export type KindOfChange = MakeChange['kind'];

/** What the fields of the form hold, whatever the kind. */
export interface ChangeFields {
  kind: KindOfChange | '';
  /** Of a date and time field, on the reader's clock. */
  startsAt: string;
  lengthMinutes: number;
  instructorId: string;
  withSessionId: string;
  studentId: string;
  provider: string;
  reason: string;
}

export const CHANGE_WORDS: Record<KindOfChange, string> = {
  cancel: 'Cancel it',
  reschedule: 'Move it to another time',
  reassign: 'Give it to another instructor',
  swap: 'Exchange the instructor with another lesson',
  add: 'Add a student',
  drop: 'Take a student off',
  room: 'Go to another room',
  convert: 'Make it a 1:1 lesson',
};

const MINUTE_MS = 60_000;

/** What is sent; null as long as something is missing. */
export function changeOf(f: ChangeFields): MakeChange | null {
  const { kind } = f;
  if (kind === '') return null;
  const reason = f.reason.trim() === '' ? {} : { reason: f.reason.trim() };
  if (kind === 'reschedule') {
    if (f.startsAt === '' || !(f.lengthMinutes > 0)) return null;
    const startsAt = instantOf(f.startsAt);
    return { kind, ...reason, startsAt, endsAt: new Date(+new Date(startsAt) + f.lengthMinutes * MINUTE_MS).toISOString() };
  }
  if (kind === 'reassign') return f.instructorId === '' ? null : { kind, ...reason, instructorId: f.instructorId };
  if (kind === 'swap') return f.withSessionId === '' ? null : { kind, ...reason, withSessionId: f.withSessionId };
  if (kind === 'add' || kind === 'drop') return f.studentId === '' ? null : { kind, ...reason, studentId: f.studentId };
  if (kind === 'room' && f.provider !== '') return { kind, ...reason, provider: f.provider };
  return { kind, ...reason };
}
