import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BacktestInput, BacktestProgress } from '../../decisions/backtest';
import type { BacktestReport } from '../../policy/backtest-report';
import { projectRoot } from '../paths';

export type Asked = BacktestInput & { databaseUrl: string };
export type Said = { progress: BacktestProgress } | { report: BacktestReport };

const MEMORY_MB = 512;
/** What can be published is bounded in cost, so a page takes a moment; a thread that says nothing for so long is ended. */
const SILENCE_MS = 60_000;

/** Runs a back-test in a thread of its own. Rejects when the thread fails, says nothing for a minute, or `signal` ends it. */
export function runBacktest(asked: Asked, progress: (p: BacktestProgress) => void, signal?: AbortSignal): Promise<BacktestReport> {
  const thread = new Worker(path.join(projectRoot(), 'dist/runtime/backtest/thread-main.js'), {
    workerData: asked,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  return new Promise<BacktestReport>((resolve, reject) => {
    const end = (why: string) => () => {
      reject(new Error(why));
      void thread.terminate();
    };
    const silence = setTimeout(end('the back-test said nothing for a minute and was ended'), SILENCE_MS);
    signal?.addEventListener('abort', end('the back-test was ended'), { once: true });
    thread.on('message', (said: Said) => {
      silence.refresh();
      if ('report' in said) resolve(said.report);
      else progress(said.progress);
    });
    thread.on('error', reject);
    thread.on('exit', (code) => {
      clearTimeout(silence);
      reject(new Error(`the back-test ended with ${code}`));
    });
  });
}
