import jsonLogic from 'json-logic-js';
import type { Pool } from 'pg';
import { BACKTEST_PAGE } from '../../db/backtest';
import { POINTS } from '../../decisions/points';
import { compileRuleSet, type RuleSetContent } from '../../policy/ruleset';

interface Row {
  id: string;
  point: string;
  rule: string;
  outcome: unknown;
  facts: Record<string, unknown>;
  programme: string | null;
}
const PAGE = 1_000;

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v,
  );

type Then = Record<string, unknown>;
const outcomeOf = (then: Then, data: object): Then =>
  Object.fromEntries(
    Object.entries(then).map(([field, value]) => {
      const isComputed = value !== null && typeof value === 'object' && 'calc' in value;
      return [field, isComputed ? jsonLogic.apply((value as { calc: never }).calc, data) : value];
    }),
  );

/**
 * What somebody writes in an afternoon: the same rows read from Postgres by the same statement, the same rules with durations as numbers,
 * json-logic-js on each row's condition in order, the outcomes compared. It knows nothing of facts that are missing, explains
 * nothing, and adds nothing up but how many differ.
 */
export async function plainLoop(pool: Pool, organisationId: string, draft: RuleSetContent): Promise<{ decisions: number; differ: number }> {
  const compiled = compileRuleSet(draft, POINTS).policies.filter((p) => p.document.appliesTo === undefined);
  const policies = new Map(compiled.map((p) => [p.document.policy, p]));
  const sql = BACKTEST_PAGE.replace('?', '$1').replace('?', '$2').replace('?', '$3');
  const connection = await pool.connect();
  const found = { decisions: 0, differ: 0 };
  try {
    await connection.query(`SELECT set_config('lectern.organisation_id', $1, false)`, [organisationId]);
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const { rows } = await connection.query<Row>({ name: 'backtest', text: sql, values: [after, new Date(0), PAGE] });
      for (const row of rows) {
        const policy = policies.get(row.point)!;
        const data = { ...row.facts, params: policy.params };
        const isEach = policy.spec.hit === 'collect';
        const fired: Then[] = [];
        for (const rule of policy.rules) {
          if (!jsonLogic.truthy(jsonLogic.apply(rule.when as never, data))) continue;
          fired.push(outcomeOf(rule.then, data));
          if (!isEach) break;
        }
        const outcome = isEach ? fired : (fired[0] ?? outcomeOf(policy.otherwise!, data));
        found.decisions++;
        if (sorted(outcome) !== sorted(row.outcome)) found.differ++;
      }
      if (rows.length < PAGE) return found;
      after = rows.at(-1)!.id;
    }
  } finally {
    connection.release();
  }
}
