import { makeChange } from '../commands/change';
import { makeClosure } from '../commands/closures/close';
import { SYSTEM, type Context } from '../commands/context';
import { merge } from '../commands/groups/merge';
import { editSeries } from '../commands/series/edit';
import { lockSession } from '../db/sessions';
import type { Database, Tx } from '../db/database';
import { Lectern } from './support/lectern';
import { bookSeries, DAY, filled, inDays, weekly } from './support/series';

jest.setTimeout(240_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

/** What a transaction locks, as docs/architecture.md orders it; people and sessions with whom, in the order they were said. */
type Lock = { of: 'series' | 'batch' | 'session' | 'people' | 'closures'; keys: string[] } | { of: 'slots' };
const SAID: [RegExp, (bindings: readonly unknown[]) => Lock][] = [
  [/FROM series .*FOR (NO KEY UPDATE|SHARE)/s, () => ({ of: 'series', keys: [] })],
  [/FROM batches .*FOR NO KEY UPDATE/s, () => ({ of: 'batch', keys: [] })],
  [/FROM sessions .*FOR NO KEY UPDATE/s, ([id]) => ({ of: 'session', keys: [String(id)] })],
  [/pg_advisory_xact_lock_shared\(7421/, ([keys]) => ({ of: 'people', keys: String(keys).slice(1, -1).split(',') })],
  [/pg_advisory_xact_lock\(7421/, () => ({ of: 'closures', keys: [] })],
  [/^UPDATE sessions SET (rev|status)/, () => ({ of: 'slots' })],
];

/** Writes down what each transaction locks. */
function watched(db: Database): { db: Database; transactions: Lock[][] } {
  const transactions: Lock[][] = [];
  const inOrganisation: Database['inOrganisation'] = (id, work) =>
    db.inOrganisation(id, (tx) => {
      const locks: Lock[] = [];
      transactions.push(locks);
      const note = (sql: string, bindings: readonly unknown[] = []): void => {
        for (const [said, lock] of SAID) if (said.test(sql)) locks.push(lock(bindings));
      };
      const seen: Tx = {
        ...tx,
        raw: (sql, bindings) => (note(sql, bindings), tx.raw(sql, bindings)),
        send: (sql, bindings) => (note(sql, bindings), tx.send(sql, bindings)),
      };
      return work(seen);
    });
  return { db: { ...db, inOrganisation }, transactions };
}

const ORDER = ['series', 'batch', 'session', 'people', 'slots'];

/** What a transaction locks that it has not yet, out of order. */
function faultsOf(locks: Lock[]): string[] {
  const faults: string[] = [];
  const held = new Set<string>();
  let last = 0;
  for (const lock of locks) {
    if (lock.of === 'closures') {
      if (held.size > 0 || last > 0) faults.push('a time is closed behind other locks');
      continue;
    }
    const fresh = lock.of === 'slots' ? [] : lock.keys.filter((k) => !held.has(`${lock.of} ${k}`));
    const rank = ORDER.indexOf(lock.of);
    const isNew = lock.of === 'slots' || fresh.length > 0 || lock.keys.length === 0;
    if (isNew && rank < last) faults.push(`${lock.of} after ${ORDER[last]!}`);
    if (lock.of === 'people' && fresh.length > 0 && [...held].some((h) => h.startsWith('people '))) faults.push('more people, one after the other');
    if (lock.of === 'session' && fresh.length > 0 && [...held].some((h) => h.startsWith('session ') && h > `session ${fresh[0]!}`))
      faults.push('sessions in another order than their ids');
    if (isNew) last = Math.max(last, rank);
    for (const key of fresh) held.add(`${lock.of} ${key}`);
  }
  return faults;
}

test('whoever locks several things locks them in one order: nobody waits for somebody who waits for them', async () => {
  const { db, transactions } = watched(lectern.db);
  const context = (): Context => ({
    db,
    organisationId: lectern.at.organisationId,
    principal: SYSTEM,
    asOf: lectern.now(),
    requestId: null,
    secret: lectern.at.secret,
  });
  const [cast, other, third] = [await lectern.cast(2), await lectern.cast(1), await lectern.cast(1)];
  // A series with a week that is in the way of another lesson, and waits without a slot.
  await lectern.book(
    { ...third, instructorId: cast.instructorId },
    Date.parse(`${inDays(lectern, 10).slice(0, 10)}T09:00:00Z`) - +lectern.now(),
    {},
    2 * 3_600_000,
  );
  const one = { ...cast, studentIds: [cast.studentIds[0]!] };
  const id = await bookSeries(lectern, weekly(lectern, one, { rrule: 'FREQ=WEEKLY;COUNT=3' }));
  const { occurrences } = await filled(lectern, id);
  expect(occurrences.map((o) => o.outcome)).toContain('held');
  await editSeries(context(), id, { scope: 'all', instructorId: other.instructorId, addStudentIds: [cast.studentIds[1]!], reason: 'r' });
  // A booking that is still held gets another instructor.
  const nobodysChild = { kind: 'student', name: 'Sol Invented', givenName: 'Sol', zone: 'Europe/Berlin' };
  const { body: child } = await lectern.api<{ id: string }>('POST', '/v1/people', nobodysChild);
  const held = await lectern.book({ ...third, studentIds: [child.id] }, 30 * DAY);
  expect((await lectern.session(held)).status).toBe('held');
  await makeChange(context(), held, { kind: 'reassign', instructorId: other.instructorId });
  // Two groups go together.
  const groups = [await lectern.book(cast, 40 * DAY, { capacity: 6 }), await lectern.book(third, 41 * DAY, { capacity: 6 })].sort();
  const [decision] = await lectern.query<{ id: string }>('SELECT id FROM decisions WHERE session_id = ? LIMIT 1', [groups[0]!]);
  await db.inOrganisation(lectern.at.organisationId, async (tx) => {
    const [session, into] = [await lockSession(tx, groups[0]!), await lockSession(tx, groups[1]!)];
    await merge(context(), tx, session, { into, decisionId: decision!.id });
  });
  // A time is closed, and its batch made.
  const { batchId } = await makeClosure(context(), {
    from: new Date(+lectern.now() + 39 * DAY),
    to: new Date(+lectern.now() + 42 * DAY),
    reason: 'r',
    personId: third.instructorId,
  });
  expect(batchId).toBeTruthy();
  expect(transactions.filter((locks) => locks.some((l) => l.of === 'people')).length).toBeGreaterThanOrEqual(2);
  expect(transactions.map(faultsOf).filter((faults) => faults.length > 0)).toEqual([]);
});
