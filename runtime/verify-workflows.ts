import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Database } from '../db/database';
import { openSessionIds } from '../db/outbox';
import { organisationIds } from '../db/organisations';
import type { Finding } from '../db/verify';
import { SESSION_WORKFLOW, workflowIdFor } from '../workflows/session/contract';

/** A list of runs lags behind what is; who seems amiss is asked for by name, for as long as this. */
const LAG_MS = 10_000;

async function runningIds(client: Client): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const run of client.workflow.list({ query: `WorkflowType = '${SESSION_WORKFLOW}' AND ExecutionStatus = 'Running'` }))
    ids.add(run.workflowId);
  return ids;
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

const isOpen = async (db: Database, organisationId: string, id: string): Promise<boolean> =>
  (await db.inOrganisation(organisationId, openSessionIds)).includes(id);

/** Open sessions that nothing drives. One that closed while we looked, or whose run is not listed yet, is none. */
export async function sessionsWithoutWorkflow(db: Database, client: Client, open: ReadonlyMap<string, string[]>): Promise<Finding[]> {
  const running = await runningIds(client);
  const findings: Finding[] = [];
  for (const [organisationId, ids] of open) {
    for (const id of ids.filter((id) => !running.has(workflowIdFor(id)))) {
      if (await isRunning(client, workflowIdFor(id))) continue;
      if (!(await isOpen(db, organisationId, id))) continue;
      findings.push({
        check: 'every open session has an open workflow',
        id,
        detail: `is open, and no workflow ${workflowIdFor(id)} runs`,
        remedy: 'run a worker: it starts what is missing within a minute',
      });
    }
  }
  return findings;
}

/** Workflows that run for no open session; one that is about to end is given a moment. */
export async function otherWorkflows(db: Database, client: Client): Promise<Finding[]> {
  const openIds = async (): Promise<Set<string>> => {
    const lists = (await organisationIds(db.crossing)).map((id) => db.inOrganisation(id, openSessionIds));
    return new Set((await Promise.all(lists)).flat().map(workflowIdFor));
  };
  // Runs first: a session that opens in between is then no stranger.
  const running = await runningIds(client);
  const open = await openIds();
  let strangers = [...running].filter((id) => !open.has(id));
  for (const until = Date.now() + LAG_MS; strangers.length > 0 && Date.now() < until; await sleep(500)) {
    const still = await Promise.all(strangers.map((id) => isRunning(client, id)));
    strangers = strangers.filter((_, i) => still[i]);
  }
  return strangers.map((id) => ({
    check: 'every open workflow has an open session',
    id,
    detail: 'runs, and its session is closed or unknown here',
    remedy: 'run a worker: it wakes such a workflow within a minute, and it ends; two installations must not share a Temporal namespace',
  }));
}
