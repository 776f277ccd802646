import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Database } from '../db/database';
import { decisionById } from '../db/decisions';
import { openSessionIds, organisationsWithInbox, organisationsWithWakes } from '../db/outbox';
import { organisationIds } from '../db/organisations';
import { allDecisionIds, countDue, countObligations, countSessions, findingsOf, type Finding } from '../db/verify';
import { loadSet } from '../decisions/rule-sets';
import { canonicalJson } from '../domain/ids';
import { evaluate } from '../policy/evaluate';
import { SESSION_WORKFLOW, workflowIdFor } from '../workflows/session/contract';

export interface Verified {
  organisations: number;
  sessions: number;
  decisions: number;
  obligations: number;
  findings: Finding[];
}

/** Waits until nothing is due any more that can be done now: no undelivered wake, no waiting event, nothing due. */
export async function drain(db: Database, now: () => Date, patienceMs: number): Promise<void> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(300)) {
    const due = await Promise.all((await organisationIds(db.crossing)).map((id) => db.inOrganisation(id, (tx) => countDue(tx, now()))));
    if (due.every((n) => n === 0) && (await organisationsWithWakes(db)).length === 0 && (await organisationsWithInbox(db)).length === 0) return;
  }
}

async function withoutWorkflow(client: Client, open: string[]): Promise<Finding[]> {
  const running = new Set<string>();
  for await (const run of client.workflow.list({ query: `WorkflowType = '${SESSION_WORKFLOW}' AND ExecutionStatus = 'Running'` }))
    running.add(run.workflowId);
  return open
    .filter((id) => !running.has(workflowIdFor(id)))
    .map((id) => ({ check: 'every open session has an open workflow', id, detail: 'has none' }));
}

/** Evaluates every recorded decision again with the facts and the set it was made with. */
async function otherwiseDecided(db: Database, organisationId: string): Promise<{ count: number; findings: Finding[] }> {
  return db.inOrganisation(organisationId, async (tx) => {
    const ids = await allDecisionIds(tx);
    const findings: Finding[] = [];
    for (const id of ids) {
      const decision = (await decisionById(tx, id))!;
      const set = await loadSet(tx, decision.setId);
      const policy = set.compiled.policies.find((p) => p.file === decision.policyFile && p.hash === decision.policyHash);
      const again = policy && evaluate(policy, decision.facts);
      if (!again || again.rule !== decision.rule || canonicalJson(again.outcome) !== canonicalJson(decision.outcome)) {
        findings.push({
          check: 'decisions re-evaluate to themselves',
          id,
          detail: `${decision.point}: was ${decision.rule}, is now ${again?.rule ?? 'without a policy'}`,
        });
      }
    }
    return { count: ids.length, findings };
  });
}

/** Proves the whole database, organisation by organisation. */
export async function verify(db: Database, client: Client, asOf: Date): Promise<Verified> {
  const result: Verified = { organisations: 0, sessions: 0, decisions: 0, obligations: 0, findings: [] };
  for (const organisationId of await organisationIds(db.crossing)) {
    result.organisations++;
    const { open, findings, sessions, obligations } = await db.inOrganisation(organisationId, async (tx) => ({
      open: await openSessionIds(tx),
      findings: await findingsOf(tx, asOf),
      sessions: await countSessions(tx),
      obligations: await countObligations(tx),
    }));
    const decisions = await otherwiseDecided(db, organisationId);
    result.sessions += sessions;
    result.obligations += obligations;
    result.decisions += decisions.count;
    result.findings.push(...findings, ...decisions.findings, ...(await withoutWorkflow(client, open)));
  }
  return result;
}
