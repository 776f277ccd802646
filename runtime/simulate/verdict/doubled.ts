import { inWords, nameOf, standing, type Check, type MessageSeen, type Seen } from './seen';

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

/** What tells of batches, on this lesson and on the others that they changed; said where it was told first. */
function toldOfBatches({ messages, together }: Seen): MessageSeen[] {
  const own = messages.filter((m) => m.batchId !== null);
  return own.length === 0 ? [] : [...own, ...together];
}

/** Notices of one change, of a lesson of which everybody reads with others. */
function toldApart({ messages, changes }: Seen): MessageSeen[] {
  const isTogether = changes.length > 0 && changes.every((c) => c.batchId !== null);
  return isTogether ? messages.filter((m) => m.kind === 'change' && m.batchId === null) : [];
}

/**
 * What happened twice: a message under one key twice at the sink, the same thing owed and delivered twice, a charge or payout posted
 * twice, a change made twice.
 */
export const doubled: Check = (seen, judging) => {
  const { messages, obligations, journals, changes, corrections } = seen;
  const reversals = journals.filter((j) => j.reverses !== null);
  const delivered = obligations.filter((o) => o.state === 'delivered' || o.state === 'failed-over');
  return [
    ...repeated(messages, (m) => m.key).map(({ item, count }) => `${inWords(judging, item)} is ${count} times at the sink (${item.key})`),
    ...repeated(delivered, (o) => [o.personId, o.aboutId, o.kind, o.step, +o.anchorAt].join()).map(
      ({ item, count }) => `${inWords(judging, item)} was owed ${count} times for one occasion`,
    ),
    ...toldApart(seen).map((m) => `${inWords(judging, m)} tells alone of what is told together`),
    ...repeated(toldOfBatches(seen), (m) => [m.batchId, m.to].join()).map(
      ({ item, count }) => `${inWords(judging, item)} tells ${item.to} of one batch for the ${count}. time`,
    ),
    ...repeated(standing(seen), (j) => [j.subjectId, j.kind, j.rev].join()).map(({ item, count }) => `a ${item.kind} was posted ${count} times`),
    ...repeated(reversals, (j) => j.reverses!).map(({ item, count }) => `what ${nameOf(judging, item.subjectId)} owed was taken back ${count} times`),
    ...repeated(corrections, (c) => c.kind).map(({ item, count }) => `the correction of ${item.kind} was made ${count} times`),
    ...repeated(changes, (c) => c.kind).map(({ item, count }) => `the ${item.kind} was made ${count} times`),
  ];
};
