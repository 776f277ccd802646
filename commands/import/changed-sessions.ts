import type { ImportedDetails } from '../../db/import/sessions';
import { inMinor } from '../../domain/import/amounts';
import type { Amount } from '../../domain/import/cells';
import { CHANGEABLE } from '../../domain/status';
import type { ChangeInput } from '../types';
import type { Placed } from './clashes';
import { timesOf } from './session-times';
import type { Faults, Person, Row } from './types';

/** A lesson that is here and whose row is another one now: what is asked of the change machine, in order. */
export interface ChangedSession extends Placed {
  id: string;
  externalId: string;
  inputs: { column: string; input: ChangeInput }[];
}

interface Ground {
  session: ImportedDetails;
  /** The `rev` it had when its row was last taken. */
  takenAtRev: number;
  people: { students: Person[]; instructor: Person };
  zone: string | null;
  asOf: Date;
  faults: Faults;
}

type Wrong = { column: string; fault: string; remedy: string };
const AS_IT_WAS = 'leave it as it was brought in; what is agreed otherwise is a lesson of its own, with an id of its own';

const shown = (value: unknown): string => (value === null || value === '' ? 'empty' : `"${String(value).slice(0, 60)}"`);

/** What no change of a session can make otherwise: what it is called, its labels, and what was agreed on. */
function* unchangeable({ values }: Row, session: ImportedDetails): Generator<Wrong> {
  const { priceMinor: price, payMinor: pay, anchorZone: zone, title, subject, programme, branch, isTrial, minStudents, capacity, currency } = session;
  for (const [column, is] of Object.entries({ title, subject, programme, branch, isTrial, minStudents, capacity }))
    if (values[column] !== undefined && (values[column] ?? (column === 'isTrial' ? false : null)) !== is)
      yield { column, fault: `is ${shown(is)} here, and no file changes it`, remedy: AS_IT_WAS };
  // What a row does not name is what the rules or the student's zone said.
  for (const [column, is] of Object.entries({ zone, currency }))
    if (values[column] && values[column] !== is) yield { column, fault: `is ${shown(is)} here, and no file changes it`, remedy: AS_IT_WAS };
  for (const [column, is] of Object.entries({ price, pay }))
    if (values[column] && inMinor(values[column] as Amount, currency) !== is)
      yield { column, fault: `was agreed otherwise (${is} of the smallest unit of ${currency})`, remedy: AS_IT_WAS };
}

/** What of times and people is otherwise; who comes is named before who goes, so that no lesson is without a student. */
function inputsOf(
  { session, people: { students, instructor } }: Ground,
  times: { startsAt: Date; endsAt: Date },
): { column: string; input: ChangeInput }[] {
  const inputs: { column: string; input: ChangeInput }[] = [];
  if (+times.startsAt !== +session.startsAt || +times.endsAt !== +session.endsAt)
    inputs.push({ column: 'startsAt', input: { kind: 'reschedule', ...times } });
  if (instructor.id !== session.instructorId) inputs.push({ column: 'instructor', input: { kind: 'reassign', instructorId: instructor.id } });
  for (const { id } of students) if (!session.studentIds.includes(id)) inputs.push({ column: 'students', input: { kind: 'add', studentId: id } });
  for (const id of session.studentIds)
    if (!students.some((s) => s.id === id)) inputs.push({ column: 'students', input: { kind: 'drop', studentId: id } });
  return inputs;
}

/**
 * What a row that is another one than before makes of its lesson; null with a fault where a file may not do that. A lesson that was
 * changed here since is not changed back: the row would be a second truth.
 */
export function changedBy(row: Row, externalId: string, ground: Ground): ChangedSession | null {
  const { session, takenAtRev, people, asOf, faults } = ground;
  const { at } = row;
  const refuse = ({ column, ...why }: Wrong): null => {
    faults.add(at, column, why);
    return null;
  };
  const stuck = [...unchangeable(row, session)];
  for (const wrong of stuck) refuse(wrong);
  const times = timesOf(row, { zone: (row.values.zone as string | null | undefined) ?? ground.zone ?? session.anchorZone, asOf }, faults);
  if (stuck.length > 0 || !times) return null;
  const inputs = inputsOf(ground, times);
  const isHere = `is a lesson here already (${session.id})`;
  if (inputs.length > 0 && !CHANGEABLE.includes(session.status))
    return refuse({
      column: 'externalId',
      fault: `${isHere}, is ${session.status}, and this row differs from it`,
      remedy: 'leave the row as it was; what took place is corrected in Lectern',
    });
  if (inputs.length > 0 && session.rev !== takenAtRev)
    return refuse({
      column: 'externalId',
      fault: `${isHere}, was changed in Lectern since it was brought in, and this row differs from it`,
      remedy: 'write the row as the lesson is now, or change it in Lectern, where everybody concerned is told',
    });
  return { id: session.id, externalId, at, inputs, ...times, bufferMinutes: session.bufferMinutes, ...people };
}
