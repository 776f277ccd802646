import { happeningsOf, type CountedSince } from '../../db/happenings';
import type { Tx } from '../../db/database';
import { daysOf } from '../../policy/facts/check-counter';
import type { CounterDocument } from '../../policy/facts/types';
import type { AskedOf, Finding } from './asked';

/** The window of a counter; its term or school year is that of the lesson which is decided on, of no lesson that of today. */
function sinceOf({ window, yearFrom }: CounterDocument, { session, asOf }: AskedOf): CountedSince {
  const anchorAt = session?.startsAt ?? asOf;
  if (window === 'term') return { anchorAt, window };
  return window === 'schoolYear' ? { anchorAt, window, yearFrom: yearFrom! } : { anchorAt, window: 'days', days: daysOf(window)! };
}

/** Counts what happened to each of these people until now, without what happened on the session that is decided on. */
export async function count(tx: Tx, fact: CounterDocument, asked: AskedOf): Promise<Finding[]> {
  const { personIds, session, asOf } = asked;
  if (personIds.length === 0) return [];
  const found = await happeningsOf(tx, {
    happening: fact.count,
    personIds,
    withHousehold: fact.of === 'household',
    since: sinceOf(fact, asked),
    where: fact.where ?? {},
    exceptSessionId: session?.id ?? null,
    asOf,
  });
  return personIds.map((personId) => {
    const counted = found.filter((h) => h.askedId === personId);
    return { personId, value: counted.length, counted };
  });
}
