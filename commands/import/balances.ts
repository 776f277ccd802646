import type { Opening, OpeningJournal } from '../../db/import/balances';
import { newId } from '../../domain/ids';
import { inMinor } from '../../domain/import/amounts';
import type { Amount } from '../../domain/import/cells';
import { placeOf } from './once';
import { personOf, type People } from './relations';
import { isCurrency } from './session-terms';
import type { At, Faults, Row } from './types';

export interface BalancePlan {
  journals: OpeningJournal[];
  created: number;
  changed: number;
  unchanged: number;
}

interface Ground {
  people: People;
  known: readonly Opening[];
  counts: readonly { subjectId: string; count: number }[];
  currency: string | null;
  faults: Faults;
}

const MOST_MINOR = 100_000_000_000;

/** What each family owed when it came. Where it is another amount than was posted before, the difference is posted. */
export function planBalances(rows: readonly Row[], asOf: Date, { people, known, counts, currency: usual, faults }: Ground): BalancePlan {
  const plan: BalancePlan = { journals: [], created: 0, changed: 0, unchanged: 0 };
  const posted = new Map(known.map((o) => [`${o.subjectId} ${o.currency}`, o.amountMinor]));
  const revs = new Map(counts.map((c) => [c.subjectId, c.count]));
  const seen = new Map<string, At>();
  for (const { at, values } of rows) {
    const person = personOf(people, { at, column: 'person', id: values.person as string, kinds: ['student'] }, faults);
    const currency = (values.currency as string | null | undefined) ?? usual;
    if (currency === null || !isCurrency(currency)) {
      const remedy = 'write an ISO 4217 code such as EUR, or say --currency for all';
      faults.add(at, 'currency', { fault: currency === null ? 'is empty' : 'is no ISO 4217 code', remedy });
      continue;
    }
    if (!person) continue;
    const key = `${person.id} ${currency}`;
    const twin = seen.get(key);
    if (twin) faults.add(at, 'person', { fault: `has a balance in ${placeOf(twin)} already`, remedy: 'leave one of the two out' });
    seen.set(key, at);
    const amountMinor = inMinor(values.amount as Amount, currency);
    if (amountMinor === null || Math.abs(amountMinor) > MOST_MINOR) {
      faults.add(at, 'amount', { fault: `is no amount in ${currency}`, remedy: 'write it as 90.00' });
      continue;
    }
    const before = posted.get(key);
    const difference = amountMinor - (before ?? 0);
    if (difference === 0) plan.unchanged++;
    else {
      const rev = (revs.get(person.id) ?? 0) + 1;
      revs.set(person.id, rev);
      plan.journals.push({ id: newId(), subjectId: person.id, rev, postedAt: asOf, amountMinor: difference, currency });
      plan[before === undefined ? 'created' : 'changed']++;
    }
  }
  return plan;
}
