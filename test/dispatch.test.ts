import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { dispatchDue } from '../activities/dispatch';
import type { ActivityDeps } from '../activities/deps';
import { refreshNextDue } from '../db/dispatch';
import { lockSession } from '../db/sessions';
import { row } from '../db/database';
import { HOUR, Lectern } from './support/lectern';

jest.setTimeout(60_000);
const lectern = new Lectern();
afterAll(() => lectern.close());

test('a command that plans while a dispatch ends is not overlooked: the session is next due when its row says', async () => {
  const sessionId = await lectern.book(await lectern.cast(1), 300 * HOUR);
  const organisationId = lectern.at.organisationId;
  const soon = new Date(+lectern.now() + 100 * HOUR);
  await lectern.until('what is due at once to be gone', async () => {
    const open = await lectern.query(`SELECT 1 FROM obligations WHERE session_id = ? AND (state = 'claimed' OR state = 'planned' AND due_at < ?)`, [
      sessionId,
      soon,
    ]);
    return open.length === 0;
  });
  let dispatch: Promise<unknown> = Promise.resolve();
  await lectern.in(async (tx) => {
    await lockSession(tx, sessionId);
    const own = await row<{ pid: number }>(tx, 'SELECT pg_backend_pid() AS pid');
    const context = { heartbeat: () => undefined } as unknown as Context;
    const deps = { db: lectern.db, ports: {} } as unknown as ActivityDeps;
    dispatch = asyncLocalStorage.run(context, () => dispatchDue(deps, { organisationId, sessionId, asOf: 0 }));
    await lectern.until('the dispatch to wait for the lock', () =>
      row(lectern.db.crossing, 'SELECT 1 FROM pg_stat_activity WHERE ?::integer = ANY(pg_blocking_pids(pid))', [own!.pid]),
    );
    await tx.raw(
      `UPDATE obligations SET due_at = ? WHERE id = (SELECT id FROM obligations WHERE session_id = ? AND kind = 'reminder' AND state = 'planned' LIMIT 1)`,
      [soon, sessionId],
    );
    await refreshNextDue(tx, sessionId);
  });
  await dispatch;
  const [{ nextDueAt }] = (await lectern.query<{ nextDueAt: Date }>('SELECT next_due_at FROM sessions WHERE id = ?', [sessionId])) as [
    { nextDueAt: Date },
  ];
  expect(nextDueAt).toEqual(soon);
});
