import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LecternError } from '../domain/errors';
import { projectRoot } from '../runtime/paths';
import { measureBacktest } from './backtest/measure';
import { measureBooking } from './booking/measure';
import { startGround, startProcess, type Ground } from './ground';
import { startBare } from './lifecycle/bare';
import { lecternSide } from './lifecycle/lectern';
import { measureRound, type Round, type Side } from './lifecycle/side';
import { median, rounded } from './measure';
import { readOptions, type BenchOptions } from './options';
import { measureRules } from './rules';
import { measureWakes } from './wake';
import { makeCast, type Cast } from './world';

const progress = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

type Work = Omit<BenchOptions, 'out'>;

/** Both sides in turn, the first of a pair changing; one round of each before is not counted. */
async function lifecycleRounds(ground: Ground, options: Work, sides: Side[]): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let n = -1; n < options.rounds; n++) {
    for (const side of n % 2 === 0 ? sides : [...sides].reverse()) {
      const round = await measureRound(ground, side, options.sessions);
      progress(
        `${side.name}: ${options.sessions} sessions in ${round.seconds.toFixed(1)} s${n < 0 ? ' (not counted)' : ''} ${JSON.stringify(round.cpu)}`,
      );
      if (n >= 0) rounds.push(round);
    }
  }
  return rounds;
}

const ofSide = (rounds: Round[], side: Side['name'], figure: (r: Round) => number): number =>
  median(rounds.filter((r) => r.side === side).map(figure));

/** Lectern against bare: sessions a second, and the CPU of our processes a session. */
async function lifecycle(ground: Ground, options: Work) {
  const worker = await startProcess(ground, 'lifecycle/worker-main.js', {});
  const casts: Promise<Cast>[] = [];
  const castOf = (n: number): Promise<Cast> => (casts[n] ??= makeCast(ground, n));
  const lectern = lecternSide(ground, worker.pid, castOf);
  try {
    await lectern.run(Math.min(3, options.sessions));
    const bare = await startBare(ground, lectern.lastSession());
    try {
      // People are there before the clock starts.
      for (let n = 0; n < options.sessions * (options.rounds + 1) + 3; n++) await castOf(n);
      const rounds = await lifecycleRounds(ground, options, [lectern, bare.side]);
      progress('wake-ups');
      const wakes = await measureWakes(ground, options.wakes, 5_000);
      return { rounds, wakes };
    } finally {
      await bare.stop();
    }
  } finally {
    await worker.stop();
  }
}

async function setUp(ground: Ground): Promise<Record<string, unknown>> {
  const { rows } = await ground.owner.query<{ server_version: string }>('SHOW server_version');
  const info = await ground.client.workflowService.getSystemInfo({});
  const packageFile = JSON.parse(readFileSync(path.join(projectRoot(), 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  return {
    date: new Date().toISOString(),
    cores: os.availableParallelism(),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    memoryGb: rounded(os.totalmem() / 2 ** 30, 1),
    platform: `${os.platform()} ${os.arch()}`,
    node: process.version,
    postgres: rows[0]!.server_version,
    temporalServer: info.serverVersion,
    temporalSdk: packageFile.dependencies['@temporalio/worker'],
  };
}

async function main(): Promise<void> {
  const { out, ...options } = readOptions(process.argv.slice(2), path.join(projectRoot(), 'bench/results/latest.json'));
  const loadBefore = os.loadavg()[0]!;
  const ground = await startGround(progress);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void ground.stop().finally(() => process.exit(130)));
  try {
    const { rounds, wakes } = await lifecycle(ground, options);
    const backtest = await measureBacktest(ground, { out, ...options }, progress);
    progress('bookings');
    const booking = await measureBooking(ground, { out, ...options }, progress);
    const rulesSeconds = options.quick ? {} : measureRules();
    const node = (r: Round): number => r.cpu.worker + r.cpu.driver;
    const ratio = (figure: (r: Round) => number): number => ofSide(rounds, 'lectern', figure) / ofSide(rounds, 'bare', figure);
    const document = {
      ratios: {
        lifecycleThroughputVsBare: rounded(ratio((r) => r.sessionsPerSecond)),
        lifecycleCpuVsBare: rounded(ratio(node)),
        bookingVsPlainTransaction: rounded(booking.ratio),
        wakeLatencyVsDirectSignal: rounded(wakes.ratio),
        backtestVsJsonLogicLoop: rounded(backtest.ratio),
      },
      toReach: {
        lifecycleThroughputVsBare: '>= 0.75',
        lifecycleCpuVsBare: '<= 1.35',
        bookingVsPlainTransaction: '>= 0.5',
        wakeLatencyVsDirectSignal: '<= 1.5',
        backtestVsJsonLogicLoop: '<= 1.5',
      },
      apart: {
        lifecyclePostgresCpuVsBare: rounded(ratio((r) => r.cpu.postgres)),
        lifecycleTemporalCpuVsBare: rounded(ratio((r) => r.cpu.temporal)),
        lifecycleAllCpuVsBare: rounded(ratio((r) => node(r) + r.cpu.postgres + r.cpu.temporal + r.cpu.catcher)),
      },
      rulesSeconds,
      setUp: { ...(await setUp(ground)), loadBefore, options },
      raw: { lifecycle: rounds, booking, wakes, backtest },
    };
    mkdirSync(path.dirname(out), { recursive: true });
    writeFileSync(out, `${JSON.stringify(document, (_key, v: unknown) => (typeof v === 'number' ? rounded(v, 4) : v), 2)}\n`);
    process.stdout.write(`${JSON.stringify(document.ratios)}\n`);
  } finally {
    await ground.stop();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const details = error instanceof LecternError ? `${JSON.stringify(error.details)}\n` : '';
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n${details}`);
    process.exit(1);
  },
);
