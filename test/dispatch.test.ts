import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { dispatchDue } from '../activities/dispatch';
import type { ActivityDeps } from '../activities/deps';
import { refreshNextDue } from '../db/dispatch';
import { lockSession } from '../db/sessions';
import { row } from '../db/database';
import { wake } from '../db/timeline';
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

test('a way in whose sending failed while its student was taken off has its end, and keeps no lesson from closing', async () => {
  const cast = await lectern.cast(2);
  const sessionId = await lectern.book(cast, 20 * HOUR);
  const [gone] = cast.studentIds;
  const theirs = `session_id = ? AND kind = 'credential' AND coalesce(about_id, person_id) = ?`;
  const endsOf = () =>
    lectern.query<{ state: string; reason: string | null }>(`SELECT state, reason FROM obligations WHERE ${theirs}`, [sessionId, gone!]);
  await lectern.until('the ways in to have left', async () => (await endsOf()).every((o) => o.state !== 'planned' && o.state !== 'claimed'));
  expect((await lectern.api('POST', `/v1/sessions/${sessionId}/changes`, { kind: 'drop', studentId: gone })).status).toBe(200);
  await lectern.in(async (tx) => {
    await lockSession(tx, sessionId);
    // As a sending leaves its row that was under way during the change, and found nobody to take the message.
    await tx.raw(
      `UPDATE obligations SET state = 'planned', reason = 'no answer', ended_at = NULL,
      rev = (SELECT rev FROM sessions WHERE id = obligations.session_id) WHERE ${theirs}`,
      [sessionId, gone!],
    );
    await refreshNextDue(tx, sessionId);
    await wake(tx, sessionId);
  });
  const ends = await lectern.until('each of them to have its end', async () => {
    const found = await endsOf();
    return found.every((o) => o.state === 'suppressed') && found;
  });
  expect(new Set(ends.map((o) => o.reason))).toEqual(new Set(['no-longer-entitled']));
});
