import type { Teaching } from '../../db/teaching';
import { instantOf } from '../../domain/time';
import { canonicalJson } from '../../domain/ids';
import { NO_TEACHING, teachingFaults } from '../teaching';
import { Once } from './once';
import { personOf, type People } from './relations';
import type { Remembered } from './remembered';
import type { Faults, Row } from './types';

type Known = Teaching & { personId: string };
export interface TeachingPlan {
  rows: Known[];
  created: number;
  changed: number;
  unchanged: number;
}

interface Ground {
  people: People;
  known: readonly Known[];
  remembered: Remembered;
  faults: Faults;
}

/** The end of that day on the instructor's clock: a clearance holds all of its last day. */
const endOf = (day: string, zone: string): Date =>
  new Date(instantOf(`${new Date(Date.parse(`${day}T00:00Z`) + 86_400_000).toISOString().slice(0, 10)}T00:00`, zone).ms);

/** What a row says of somebody; a column that the file does not have keeps what is known. */
function fieldsOf({ values }: Row, zone: string, before: Teaching): Teaching {
  const given = <T>(name: string, was: T, empty: T): T => (values[name] === undefined ? was : ((values[name] as T) ?? empty));
  const day = values.clearedUntil as string | null | undefined;
  return {
    subjects: given('subjects', before.subjects, []),
    languages: given('languages', before.languages, []),
    clearedUntil: day === undefined ? before.clearedUntil : day === null ? null : endOf(day, zone),
    mostADay: given('mostADay', before.mostADay, null),
    mostAWeek: given('mostAWeek', before.mostAWeek, null),
  };
}

/** What instructors teach, speak, are cleared for and take on, a row for each. */
export function planTeaching(rows: readonly Row[], { people, known, remembered, faults }: Ground): TeachingPlan {
  const plan: TeachingPlan = { rows: [], created: 0, changed: 0, unchanged: 0 };
  const before = new Map(known.map((t) => [t.personId, t]));
  const once = new Once(faults, 'person', 'put both into one row');
  for (const row of rows) {
    const { at, values } = row;
    const externalId = values.person as string;
    if (!once.isFirst(at, externalId)) continue;
    const person = personOf(people, { at, column: 'person', id: externalId, kinds: ['instructor'] }, faults);
    if (!person) continue;
    const was = before.get(person.id);
    const isAsBefore = remembered.isAsBefore(externalId, row);
    if (was && isAsBefore) {
      plan.unchanged++;
      continue;
    }
    const { personId: _, ...fields } = was ?? { personId: person.id, ...NO_TEACHING };
    const next = fieldsOf(row, person.zone, fields);
    const wrong = teachingFaults({ teaching: next }, 'instructor');
    for (const { path, message } of wrong) faults.add(at, path.split('.')[1]!, { fault: message, remedy: 'mend it' });
    if (wrong.length > 0) continue;
    if (was && canonicalJson(fields) === canonicalJson(next)) plan.unchanged++;
    else {
      plan.rows.push({ personId: person.id, ...next });
      plan[was ? 'changed' : 'created']++;
    }
  }
  return plan;
}
