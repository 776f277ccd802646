import { nameFault } from '../contact';
import { personOf, type People } from './relations';
import type { Faults, Person, Row } from './types';

/** What rows of lessons and of series have in common. */
export interface LessonPeople {
  students: Person[];
  instructor: Person;
}

/** Who takes part by a row; null when somebody it names cannot. */
export function lessonPeople({ at, values }: Row, people: People, faults: Faults): LessonPeople | null {
  const ids = values.students as string[];
  if (new Set(ids).size !== ids.length) {
    faults.add(at, 'students', { fault: 'names a student twice', remedy: 'name each once' });
    return null;
  }
  const students = ids.map((id) => personOf(people, { at, column: 'students', id, kinds: ['student'] }, faults));
  const instructor = personOf(people, { at, column: 'instructor', id: values.instructor as string, kinds: ['instructor'] }, faults);
  return instructor && students.length > 0 && students.every((s) => s !== null) ? { students, instructor } : null;
}

/** Titles and labels go into messages and rules: whether all of a row can. */
export function isNamed({ at, values }: Row, faults: Faults): boolean {
  const found = ['externalId', 'title', 'subject', 'programme', 'branch'].flatMap((column) => {
    const fault = typeof values[column] === 'string' ? nameFault(values[column], 200) : null;
    return fault ? [{ column, fault }] : [];
  });
  for (const { column, fault } of found) faults.add(at, column, { fault, remedy: 'mend the text' });
  return found.length === 0;
}

/** A cell that need not be filled; undefined where it is not, or where the file has no such column. */
export const given = <T>({ values }: Row, column: string): T | undefined => (values[column] as T | null | undefined) ?? undefined;
