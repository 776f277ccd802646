import type { ImportedStrike } from '../../db/import/strikes';
import type { TermRow } from '../../db/terms';
import { newId } from '../../domain/ids';
import { nameFault } from '../contact';
import { Once } from './once';
import { personOf, type People } from './relations';
import type { Remembered } from './remembered';
import type { Faults, Row } from './types';

export interface StrikesPlan {
  created: ImportedStrike[];
  changed: ImportedStrike[];
  unchanged: number;
}

interface Ground {
  people: People;
  known: readonly ImportedStrike[];
  terms: readonly TermRow[];
  /** Today, as the organisation's calendar has it. */
  today: string;
  remembered: Remembered;
  faults: Faults;
}

const NOT_COUNTED = 'brought-in-as-forgiven';

/** The term in whose days the strike lies; undefined with a fault when the row says another. */
function termOf({ at, values }: Row, { terms, faults }: Ground): string | null | undefined {
  const day = values.date as string;
  const of = terms.find((t) => t.startsOn <= day && day <= t.endsOn);
  const said = values.term as string | null | undefined;
  if (!said || said.toLowerCase() === of?.name.toLowerCase()) return of?.id ?? null;
  const named = terms.find((t) => t.name.toLowerCase() === said.toLowerCase());
  const fault = named
    ? `${day} is not in ${named.name} (${named.startsOn} to ${named.endsOn})`
    : `there is no term called "${said.slice(0, 60)}"; there ${terms.length === 0 ? 'are none' : `is ${terms.map((t) => t.name).join(', ')}`}`;
  faults.add(at, 'term', { fault, remedy: 'mend one of the two, make the term first (POST /v1/terms), or leave the term out' });
  return undefined;
}

function isSound({ at, values }: Row, { today, faults }: Ground): boolean {
  const named = nameFault(values.externalId as string, 200);
  if (named) faults.add(at, 'externalId', { fault: named, remedy: 'mend the text' });
  const isAhead = (values.date as string) > today;
  if (isAhead) faults.add(at, 'date', { fault: 'is ahead', remedy: 'leave out what has not been' });
  return !named && !isAhead;
}

/** No-shows and late cancellations that were counted elsewhere; they count for rules as those that were counted here. */
export function planStrikes(rows: readonly Row[], ground: Ground): StrikesPlan {
  const { people, known, remembered, faults } = ground;
  const plan: StrikesPlan = { created: [], changed: [], unchanged: 0 };
  const before = new Map(known.map((k) => [k.externalId, k]));
  const once = new Once(faults, 'externalId');
  for (const row of rows) {
    const { at, values } = row;
    const externalId = values.externalId as string;
    if (!once.isFirst(at, externalId)) continue;
    const was = before.get(externalId);
    const isAsBefore = remembered.isAsBefore(externalId, row);
    if (was && isAsBefore) {
      plan.unchanged++;
      continue;
    }
    const student = personOf(people, { at, column: 'student', id: values.student as string, kinds: ['student'] }, faults);
    const termId = termOf(row, ground);
    if (!isSound(row, ground) || !student || termId === undefined) continue;
    const counts = (values.counts as boolean | null | undefined) ?? (was ? was.state === 'counted' : true);
    const next: ImportedStrike = {
      id: was?.id ?? newId(),
      externalId,
      personId: student.id,
      kind: values.kind as ImportedStrike['kind'],
      happenedOn: values.date as string,
      termId,
      state: counts ? 'counted' : 'forgiven',
      reason: counts ? null : (was?.reason ?? NOT_COUNTED),
    };
    const differs = !was || (Object.keys(next) as (keyof ImportedStrike)[]).some((field) => was[field] !== next[field]);
    if (!differs) plan.unchanged++;
    else plan[was ? 'changed' : 'created'].push(next);
  }
  return plan;
}
