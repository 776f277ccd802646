import type { Client } from '@temporalio/client';
import type { Database } from '../db/database';
import {
  forgetDelivered,
  markDelivered,
  openSessionIds,
  organisationsWithInbox,
  organisationsWithWakes,
  stuckSessions,
  undelivered,
  type Wake,
} from '../db/outbox';
import { organisationIds } from '../db/organisations';
import { wake } from '../db/timeline';
import { applyWaiting } from '../commands/apply-inbound';
import { SYSTEM } from '../commands/context';
import { businessNow, type BusinessClock } from '../domain/clock';
import { signal } from '../domain/signals';
import { SESSION_WORKFLOW, TASK_QUEUE, woken, workflowIdFor } from '../workflows/session/contract';
import type { Logger } from 'pino';

export interface RelayDeps {
  db: Database;
  client: Client;
  clock: BusinessClock;
  secret: string;
  logger: Logger;
}

const CALL_MS = 5_000;
const BATCH = 100;
const AT_ONCE = 16;

/** Wakes the workflow of a session, or starts it. Repeating is harmless: the workflow reads what is true. */
async function deliver({ client, clock }: RelayDeps, organisationId: string, sessionId: string): Promise<void> {
  await client.withDeadline(Date.now() + CALL_MS, () =>
    client.workflow.signalWithStart(SESSION_WORKFLOW, {
      workflowId: workflowIdFor(sessionId),
      taskQueue: TASK_QUEUE,
      args: [{ organisationId, sessionId, clock }],
      signal: woken,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  );
}

/** One organisation after the other; what fails for one is logged, comes again with the next round, and keeps no other waiting. */
export async function eachOrganisation(deps: RelayDeps, ids: string[], work: (organisationId: string) => Promise<void>): Promise<void> {
  for (const organisationId of ids) {
    await work(organisationId).catch((error: unknown) => deps.logger.error({ err: error, organisationId }, 'work for an organisation failed'));
  }
}

/** The relay: turns undelivered wakes into signals, and marks what arrived. What failed stays, is tried again, and stops nobody behind it. */
export async function relayWakes(deps: RelayDeps): Promise<void> {
  await eachOrganisation(deps, await organisationsWithWakes(deps.db), async (organisationId) => {
    let after = 0;
    for (;;) {
      const wakes = await deps.db.inOrganisation(organisationId, (tx) => tx.last(() => undelivered(tx, after, BATCH)));
      for (let i = 0; i < wakes.length; i += AT_ONCE) await deliverSome(deps, organisationId, wakes.slice(i, i + AT_ONCE));
      if (wakes.length < BATCH) return;
      after = wakes.at(-1)!.id;
    }
  });
}

async function deliverSome(deps: RelayDeps, organisationId: string, wakes: Wake[]): Promise<void> {
  const ends = await Promise.allSettled(wakes.map((w) => deliver(deps, organisationId, w.sessionId)));
  const delivered = wakes.filter((_, i) => ends[i]!.status === 'fulfilled');
  await deps.db.inOrganisation(organisationId, (tx) => markDelivered(tx, delivered));
  if (delivered.length > 0) signal('relayed', { count: delivered.length, lagMs: Date.now() - Math.min(...delivered.map((w) => +w.createdAt)) });
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure) {
    const count = wakes.length - delivered.length;
    deps.logger.error({ err: failure.reason as unknown, organisationId, count }, 'wakes could not be delivered and are tried again');
  }
}

/** Applies inbound events that wait, in event order. */
export async function applyInbox(deps: RelayDeps): Promise<void> {
  await eachOrganisation(deps, await organisationsWithInbox(deps.db), async (organisationId) => {
    const asOf = new Date(businessNow(deps.clock, Date.now()));
    const ctx = { db: deps.db, organisationId, principal: SYSTEM, asOf, requestId: null, secret: deps.secret };
    const onFault = (eventId: string, error: unknown): void =>
      deps.logger.error({ err: error, organisationId, eventId }, 'an inbound event could not be applied and is tried again');
    while ((await applyWaiting(ctx, BATCH, onFault)) === BATCH);
  });
}

async function runningSessions(client: Client): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const run of client.workflow.list({ query: `WorkflowType = '${SESSION_WORKFLOW}' AND ExecutionStatus = 'Running'` }))
    ids.add(run.workflowId);
  return ids;
}

/** Compares open sessions with open workflows both ways, and wakes what has no counterpart or is stuck. */
export async function reconcile(deps: RelayDeps): Promise<void> {
  const running = await runningSessions(deps.client);
  const asOf = new Date(businessNow(deps.clock, Date.now()));
  await eachOrganisation(deps, await organisationIds(deps.db.crossing), (organisationId) =>
    deps.db.inOrganisation(organisationId, async (tx) => {
      const open = await openSessionIds(tx);
      const lost = open.filter((id) => !running.has(workflowIdFor(id)));
      const stuck = (await stuckSessions(tx, asOf)).map((s) => s.id);
      for (const id of new Set([...lost, ...stuck])) await wake(tx, id);
      if (lost.length > 0) deps.logger.warn({ organisationId, sessions: lost.length }, 'sessions without a workflow were started again');
      if (stuck.length > 0) deps.logger.warn({ organisationId, sessions: stuck }, 'sessions are overdue and were woken');
      for (const id of open) running.delete(workflowIdFor(id));
      await forgetDelivered(tx);
    }),
  );
  // What is left runs for a session that is closed: woken, it reads that and ends.
  for (const workflowId of running) {
    await deps.client.workflow
      .getHandle(workflowId)
      .signal(woken)
      .catch((error: unknown) => deps.logger.warn({ err: error, workflowId }, 'a workflow without an open session could not be woken'));
  }
}
