import { startGround, startProcess } from '../ground';
import { lecternSide } from '../lifecycle/lectern';
import { rounded } from '../measure';
import { readOptions } from '../options';
import { makeCast } from '../world';
import { measureBacktest } from './measure';

const SESSIONS = 10;

/** `backtestVsJsonLogicLoop` alone, over copies of what a few lifecycles decide: one JSON document on standard output. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), 'unused');
  const progress = (line: string): void => void process.stderr.write(`  ${line}\n`);
  const ground = await startGround(progress);
  try {
    const worker = await startProcess(ground, 'lifecycle/worker-main.js', {});
    await lecternSide(ground, worker.pid, (n) => makeCast(ground, n)).run(SESSIONS);
    await worker.stop();
    const figures = await measureBacktest(ground, options, progress);
    process.stdout.write(`${JSON.stringify({ ...figures, ratio: rounded(figures.ratio) })}\n`);
  } finally {
    await ground.stop();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
