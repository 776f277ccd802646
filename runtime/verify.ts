import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Database } from '../db/database';
import type { DecisionRow } from '../db/decisions';
import { openSessionIds } from '../db/outbox';
import { organisationIds } from '../db/organisations';
import { allowTime, countsOf, decisionsAfter, findingsOf, newestWake, waitingSince, type Finding, type Waiting } from '../db/verify';
import { loadSet } from '../decisions/rule-sets';
import { canonicalJson } from '../domain/ids';
import { evaluate, PAUSED, whilePaused } from '../policy/evaluate';
import { otherWorkflows, sessionsWithoutWorkflow } from './verify-workflows';

export interface Verified {
  organisations: number;
  sessions: number;
  decisions: number;
  obligations: number;
  findings: Finding[];
}

const PAGE = 500;
const WHAT: Record<Waiting['check'], string> = {
  session: 'has had something due since',
  acknowledgement: 'waits for its acknowledgement to be followed up since',
  search: 'waits for its search for a substitute to go on since',
  event: 'was received and not applied, since',
  automation: 'is a run of an automation that should have gone on since',
  wake: 'has waited to be woken since',
};

const asFinding = (w: Waiting): Finding => ({
  check: 'what is due is done',
  id: w.id,
  detail: `${WHAT[w.check]} ${w.since.toISOString()}`,
  remedy: 'a worker must run that reaches this database and Temporal; read its log by this id',
});

/**
 * Waits until what was due at `asOf` is done: steps of sessions, inbound events, wakes. What falls due later is not waited for, so
 * that a busy installation can be verified too. Gives what was not done in time.
 */
export async function drain(db: Database, asOf: Date, patienceMs: number): Promise<Finding[]> {
  const organisations = await Promise.all(
    (await organisationIds(db.crossing)).map(async (id) => ({ id, wake: await db.inOrganisation(id, newestWake) })),
  );
  for (const until = Date.now() + patienceMs; ; await sleep(300)) {
    const waiting: Waiting[] = [];
    for (const { id, wake } of organisations) waiting.push(...(await db.inOrganisation(id, (tx) => waitingSince(tx, asOf, wake))));
    if (waiting.length === 0 || Date.now() > until) return waiting.map(asFinding);
  }
}

/** How a recorded decision comes out when its facts are put to the policy that it was made with once more; null when as it did. */
function otherwise(decision: DecisionRow, set: Awaited<ReturnType<typeof loadSet>>): string | null {
  const policy = set.compiled.policies.find((p) => p.file === decision.policyFile && p.hash === decision.policyHash);
  if (!policy) return 'its rule set does not hold its policy';
  const again = decision.rule === PAUSED ? whilePaused(policy) : evaluate(policy, decision.facts);
  if (again.rule !== decision.rule) return `was decided by “${decision.rule}”, comes out as “${again.rule}”`;
  if (canonicalJson(again.outcome) === canonicalJson(decision.outcome)) return null;
  return `was ${canonicalJson(decision.outcome)}, comes out as ${canonicalJson(again.outcome)}`;
}

/** Evaluates every recorded decision again with the facts and the set it was made with. */
async function otherwiseDecided(db: Database, organisationId: string): Promise<{ count: number; findings: Finding[] }> {
  const findings: Finding[] = [];
  let count = 0;
  for (let after: string | null = null; ;) {
    const page: DecisionRow[] = await db.inOrganisation(organisationId, async (tx) => {
      const decisions = await decisionsAfter(tx, after, PAGE);
      for (const decision of decisions) {
        const detail = otherwise(decision, await loadSet(tx, decision.setId));
        if (detail === null) continue;
        findings.push({
          check: 'decisions re-evaluate to themselves',
          id: decision.id,
          detail: `${decision.point}: ${detail}`,
          remedy:
            'decisions, facts and rule sets are never edited: restore the row from a backup; if none was touched, the evaluator changed: report it',
        });
      }
      return decisions;
    });
    count += page.length;
    if (page.length < PAGE) return { count, findings };
    after = page.at(-1)!.id;
  }
}

/** Proves the whole database, organisation by organisation. */
export async function verify(db: Database, client: Client, asOf: Date): Promise<Verified> {
  const result: Verified = { organisations: 0, sessions: 0, decisions: 0, obligations: 0, findings: [] };
  const open = new Map<string, string[]>();
  for (const organisationId of await organisationIds(db.crossing)) {
    result.organisations++;
    await db.inOrganisation(organisationId, async (tx) => {
      await allowTime(tx);
      const counts = await countsOf(tx);
      result.sessions += counts.sessions;
      result.obligations += counts.obligations;
      open.set(organisationId, await openSessionIds(tx));
      result.findings.push(...(await findingsOf(tx, asOf)));
    });
    const decisions = await otherwiseDecided(db, organisationId);
    result.decisions += decisions.count;
    result.findings.push(...decisions.findings);
  }
  result.findings.push(...(await sessionsWithoutWorkflow(db, client, open)), ...(await otherWorkflows(db, client)));
  return result;
}
