import { Pool } from 'pg';
import { activeRuleSet } from '../../db/read/rule-sets';
import { runBacktest } from '../../runtime/backtest/run';
import type { RuleSetContent } from '../../policy/ruleset';
import type { Ground } from '../ground';
import { median } from '../measure';
import type { BenchOptions } from '../options';
import { plainLoop } from './plain';

export interface BacktestFigures {
  ratio: number;
  decisions: number;
  lecternSeconds: number[];
  plainSeconds: number[];
  differ: { lectern: number; plain: number };
}

/** As many decisions as wanted, each a copy of one that the lifecycles left: the mixture of a standard path. */
async function layDownDecisions({ owner, organisationId }: Ground, wanted: number): Promise<void> {
  const { rows } = await owner.query<{ count: number }>('SELECT count(*)::int AS count FROM decisions WHERE organisation_id = $1', [organisationId]);
  const missing = wanted - rows[0]!.count;
  if (missing <= 0) return;
  const copies = Math.ceil(missing / rows[0]!.count);
  const columns = 'organisation_id, session_id, point, subject, rev, set_id, policy_file, policy_hash, facts, outcome, rule, missing, say, as_of';
  await owner.query(
    `INSERT INTO decisions (id, seq, ${columns}) SELECT gen_random_uuid(), seq || ':' || n, ${columns} FROM decisions, generate_series(1, $2::int) n
     WHERE organisation_id = $1 LIMIT $3::int`,
    [organisationId, copies, missing],
  );
  await owner.query('VACUUM (ANALYZE) decisions');
}

/** The rules in force, with every policy another document than the one that decided: nothing is spared for being the same. */
function otherDocuments({ policies, messages }: RuleSetContent): RuleSetContent {
  const other = policies.map(({ file, text }) => ({
    file,
    text: JSON.stringify({ ...(JSON.parse(text) as { title: string }), title: 'Another title' }),
  }));
  return { policies: other.map((f) => (f.file === 'charge.json' ? { ...f, text: f.text.replace('"attended":100', '"attended":90') } : f)), messages };
}

/** Seconds of a back-test over recorded decisions, its thread included, against a loop of json-logic-js over the same rows. */
export async function measureBacktest(
  ground: Ground,
  { decisions, backtestRounds }: BenchOptions,
  progress: (line: string) => void,
): Promise<BacktestFigures> {
  await layDownDecisions(ground, decisions);
  const { organisationId, engines, db } = ground;
  const active = await db.inOrganisation(organisationId, activeRuleSet);
  const draft = otherDocuments(active!.content);
  const pool = new Pool({ connectionString: engines.databaseUrl, max: 1 });
  const figures: BacktestFigures = { ratio: 0, decisions: 0, lecternSeconds: [], plainSeconds: [], differ: { lectern: 0, plain: 0 } };
  const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const started = performance.now();
    return [await work(), (performance.now() - started) / 1000];
  };
  const lectern = async (isCounted: boolean): Promise<void> => {
    const input = { databaseUrl: engines.databaseUrl, organisationId, draft, since: new Date(0), cases: 20 };
    const [report, seconds] = await timed(() => runBacktest(input, () => undefined));
    figures.decisions = report.decisions;
    figures.differ.lectern = report.differ;
    if (isCounted) figures.lecternSeconds.push(seconds);
  };
  const plain = async (isCounted: boolean): Promise<void> => {
    const [found, seconds] = await timed(() => plainLoop(pool, organisationId, draft));
    figures.differ.plain = found.differ;
    if (isCounted) figures.plainSeconds.push(seconds);
  };
  try {
    for (let round = -1; round < backtestRounds; round++) {
      for (const side of round % 2 === 0 ? [lectern, plain] : [plain, lectern]) await side(round >= 0);
      progress(
        `back-test of ${figures.decisions} decisions: ${figures.lecternSeconds.at(-1)?.toFixed(2) ?? '-'} s, plain ${figures.plainSeconds.at(-1)?.toFixed(2) ?? '-'} s`,
      );
    }
  } finally {
    await pool.end();
  }
  figures.ratio = median(figures.lecternSeconds) / median(figures.plainSeconds);
  return figures;
}
