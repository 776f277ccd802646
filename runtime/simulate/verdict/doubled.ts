import { inWords, type Check } from './seen';

/** Those of a list that stand in it more than once, by what makes them the same. */
function repeated<T>(list: readonly T[], same: (item: T) => string): { item: T; count: number }[] {
  const counts = new Map<string, { item: T; count: number }>();
  for (const item of list) {
    const found = counts.get(same(item));
    if (found) found.count++;
    else counts.set(same(item), { item, count: 1 });
  }
  return [...counts.values()].filter((c) => c.count > 1);
}

/**
 * What happened twice: a message under one key twice at the sink, the same thing owed and delivered twice, a charge or payout posted
 * twice, a change made twice.
 */
export const doubled: Check = (seen, judging) => {
  const { messages, obligations, journals, changes } = seen;
  const delivered = obligations.filter((o) => o.state === 'delivered' || o.state === 'failed-over');
  return [
    ...repeated(messages, (m) => m.key).map(({ item, count }) => `${inWords(judging, item)} is ${count} times at the sink (${item.key})`),
    ...repeated(delivered, (o) => [o.personId, o.aboutId, o.kind, o.step, +o.anchorAt].join()).map(
      ({ item, count }) => `${inWords(judging, item)} was owed ${count} times for one occasion`,
    ),
    ...repeated(journals, (j) => [j.subjectId, j.kind, j.rev].join()).map(({ item, count }) => `a ${item.kind} was posted ${count} times`),
    ...repeated(changes, (c) => c.kind).map(({ item, count }) => `the ${item.kind} was made ${count} times`),
  ];
};
