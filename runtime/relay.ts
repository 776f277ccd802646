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

/** The relay: turns undelivered wakes into signals, and marks what arrived. What failed stays and is tried again. */
export async function relayWakes(deps: RelayDeps): Promise<void> {
  for (const organisationId of await organisationsWithWakes(deps.db)) {
    for (;;) {
      const wakes = await deps.db.inOrganisation(organisationId, (tx) => undelivered(tx, BATCH));
      const delivered: Wake[] = [];
      for (let i = 0; i < wakes.length; i += AT_ONCE) {
        await Promise.all(
          wakes.slice(i, i + AT_ONCE).map(async (w) => {
            await deliver(deps, organisationId, w.sessionId);
            delivered.push(w);
          }),
        ).finally(() => deps.db.inOrganisation(organisationId, (tx) => markDelivered(tx, delivered)));
      }
      if (wakes.length < BATCH) break;
    }
  }
}

/** Applies inbound events that wait, in event order. */
export async function applyInbox(deps: RelayDeps): Promise<void> {
  for (const organisationId of await organisationsWithInbox(deps.db)) {
    const asOf = new Date(businessNow(deps.clock, Date.now()));
    const ctx = { db: deps.db, organisationId, principal: SYSTEM, asOf, requestId: null, secret: deps.secret };
    while ((await applyWaiting(ctx, BATCH)) === BATCH);
  }
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
  for (const organisationId of await organisationIds(deps.db.crossing)) {
    await deps.db.inOrganisation(organisationId, async (tx) => {
      const open = await openSessionIds(tx);
      const lost = open.filter((id) => !running.has(workflowIdFor(id)));
      const stuck = (await stuckSessions(tx, asOf)).map((s) => s.id);
      for (const id of new Set([...lost, ...stuck])) await wake(tx, id);
      if (lost.length > 0) deps.logger.warn({ organisationId, sessions: lost.length }, 'sessions without a workflow were started again');
      if (stuck.length > 0) deps.logger.warn({ organisationId, sessions: stuck }, 'sessions are overdue and were woken');
      for (const id of open) running.delete(workflowIdFor(id));
      await forgetDelivered(tx);
    });
  }
  // What is left runs for a session that is closed: woken, it reads that and ends.
  for (const workflowId of running) {
    await deps.client.workflow
      .getHandle(workflowId)
      .signal(woken)
      .catch((error: unknown) => deps.logger.warn({ err: error, workflowId }, 'a workflow without an open session could not be woken'));
  }
}
