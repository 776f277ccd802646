import type { Available } from '../../db/availability';
import type { KnownGuardianship } from '../../db/import/people';
import { placeOf } from './once';
import type { At, Faults, Person, Row } from './types';

/** People by external id, as they will be once the import is written. */
export type People = ReadonlyMap<string, Person>;

/** Who a cell names; a fault when it is nobody, or somebody of another kind. */
export function personOf(
  people: People,
  { at, column, id, kinds }: { at: At; column: string; id: string; kinds: readonly string[] },
  faults: Faults,
): Person | null {
  const person = people.get(id);
  const who = kinds.join(' or ');
  if (!person)
    faults.add(at, column, {
      fault: `names "${id.slice(0, 60)}", and there is nobody with that external id`,
      remedy: `import the ${who} in the same go, or before`,
    });
  else if (!kinds.includes(person.kind)) faults.add(at, column, { fault: `names "${id}", who is a ${person.kind}`, remedy: `name a ${who}` });
  else if (!person.active) faults.add(at, column, { fault: `names "${id}", who has left`, remedy: 'leave the row out, or make the person active' });
  else return person;
  return null;
}

export interface GuardianshipPlan {
  created: KnownGuardianship[];
  changed: KnownGuardianship[];
  unchanged: number;
}

export function planGuardianships(rows: readonly Row[], people: People, known: readonly KnownGuardianship[], faults: Faults): GuardianshipPlan {
  const plan: GuardianshipPlan = { created: [], changed: [], unchanged: 0 };
  const before = new Map(known.map((g) => [`${g.studentId} ${g.guardianId}`, g]));
  const seen = new Map<string, At>();
  for (const { at, values } of rows) {
    const student = personOf(people, { at, column: 'student', id: values.student as string, kinds: ['student'] }, faults);
    const guardian = personOf(people, { at, column: 'guardian', id: values.guardian as string, kinds: ['guardian'] }, faults);
    if (!student || !guardian) continue;
    const key = `${student.id} ${guardian.id}`;
    const twin = seen.get(key);
    if (twin) faults.add(at, 'guardian', { fault: `the same pair stands in ${placeOf(twin)}`, remedy: 'leave one of the two out' });
    seen.set(key, at);
    const was = before.get(key);
    const household = (values.household as string | null | undefined) ?? was?.household ?? guardian.externalId!;
    const next: KnownGuardianship = {
      studentId: student.id,
      guardianId: guardian.id,
      household,
      canNotify: (values.canNotify as boolean | null | undefined) ?? was?.canNotify ?? true,
      canDecide: (values.canDecide as boolean | null | undefined) ?? was?.canDecide ?? false,
    };
    if (!was) plan.created.push(next);
    else if (was.household !== next.household || was.canNotify !== next.canNotify || was.canDecide !== next.canDecide) plan.changed.push(next);
    else plan.unchanged++;
  }
  return plan;
}

export interface AvailabilityPlan {
  /** Whose availability is replaced, and by what. */
  personIds: string[];
  rows: Available[];
  unchanged: number;
}

const asKey = (a: Available): string => [a.weekday, a.fromClock, a.untilClock, a.zone, a.validFrom, a.validUntil].join(' ');

/** The weekly availability of everybody who is named is what the file says, no more and no less. */
export function planAvailability(rows: readonly Row[], people: People, known: readonly Available[], faults: Faults): AvailabilityPlan {
  const given = new Map<string, { list: Available[]; at: At }>();
  for (const { at, values } of rows) {
    const person = personOf(people, { at, column: 'person', id: values.person as string, kinds: ['instructor', 'student'] }, faults);
    if (!person) continue;
    const [fromClock, untilClock] = [values.from as string, values.until as string];
    if (fromClock >= untilClock) {
      faults.add(at, 'until', {
        fault: `${untilClock} is not after ${fromClock}`,
        remedy: 'write what goes past midnight as two rows, the first until 24:00',
      });
      continue;
    }
    const entry: Available = {
      personId: person.id,
      weekday: values.weekday as number,
      fromClock,
      untilClock,
      zone: (values.zone as string | null | undefined) ?? null,
      validFrom: (values.validFrom as string | null | undefined) ?? null,
      validUntil: (values.validUntil as string | null | undefined) ?? null,
    };
    const { list } = given.get(person.id) ?? given.set(person.id, { list: [], at }).get(person.id)!;
    const isTwin = list.some((a) => a.weekday === entry.weekday && a.fromClock === fromClock && a.validFrom === entry.validFrom);
    if (isTwin) faults.add(at, 'from', { fault: 'the same person has a row for this day and time already', remedy: 'leave one of the two out' });
    list.push(entry);
  }
  const before = new Map<string, string[]>();
  for (const a of known) before.set(a.personId, [...(before.get(a.personId) ?? []), asKey(a)]);
  const plan: AvailabilityPlan = { personIds: [], rows: [], unchanged: 0 };
  for (const [personId, { list }] of given) {
    if (list.map(asKey).sort().join() === (before.get(personId) ?? []).sort().join()) plan.unchanged += list.length;
    else {
      plan.personIds.push(personId);
      plan.rows.push(...list);
    }
  }
  return plan;
}
