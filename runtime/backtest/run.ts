import type { BacktestInput, BacktestProgress } from '../../decisions/backtest';
import type { BacktestReport } from '../../policy/backtest-report';
import { runThread } from '../thread';

export type Asked = BacktestInput & { databaseUrl: string };
export type Said = { progress: BacktestProgress } | { report: BacktestReport };

/** Runs a back-test in a thread of its own. Rejects when the thread fails, takes too much, or `signal` ends it. */
export async function runBacktest(asked: Asked, progress: (p: BacktestProgress) => void, signal?: AbortSignal): Promise<BacktestReport> {
  let report: BacktestReport | undefined;
  const said = (what: Said): void => {
    if ('report' in what) report = what.report;
    else progress(what.progress);
  };
  await runThread<Said>({ name: 'the back-test', script: 'backtest/thread-main.js', data: asked, said, signal });
  return report!;
}
