import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { hashOf } from '../../domain/ids';
import { evidenceOf } from '../../db/evidence';
import { drain, verify } from '../verify';
import { Chaos, type Kills } from './chaos';
import { Desk } from './desk';
import { gather, workflowsOf } from './gather';
import { holdUpsOf } from './hold-ups';
import type { Outage } from './outages';
import { play } from './play';
import { randomOf } from './random';
import { writeScript, type Script } from './script';
import { Sink } from './sink';
import { MINUTE, timingOf, type Timing } from './timing';
import type { Finding } from '../../db/verify';
import { judge, type WeekFinding } from './verdict';
import type { Judging } from './verdict/seen';
import { finalStateOf, type FinalState } from './verdict/unexpected';
import { Usage, type CpuSeconds } from './usage';
import { readSink, untilClosed } from './watch';
import { startWeek, type Week } from './week';
import { World } from './world';

export interface SimulateOptions {
  /** Made for this week, and taken away with it. */
  home: string;
  sessions: number;
  withinMs: number;
  seed: string;
  chaos: boolean;
  withoutClaims: boolean;
  /** Business ms; null: what the engines need by experience. */
  toleranceMs: number | null;
  progress: (line: string) => void;
  signal: AbortSignal;
}

export interface Simulated {
  seed: string;
  sessions: number;
  /** Business seconds in a real second. */
  rate: number;
  toleranceMinutes: number;
  seconds: number;
  messages: number;
  /** Real time of each part: engines and processes up, people enrolled, the week itself, the verdict. */
  took: { starting: number; enrolling: number; week: number; verdict: number };
  /** CPU seconds from the first booking to the end of the week. */
  cpuSeconds: CpuSeconds;
  kills: Kills | null;
  /** How often the world had to say something again. */
  repeats: number;
  /** Of the final states that the script alone decides: the same for the same seed. */
  hash: string;
  /** Findings by kind. */
  counts: Record<string, number>;
  findings: WeekFinding[];
  states: Record<string, { course: string; sessionId: string | null; state: FinalState | null }>;
}

/** What the engines take at most from when something is due to when it is done, in real time, while they run. */
const LATENESS_MS = 5_000;
/** Under kills all that has waited comes at once, on a machine that starts a process besides. What was with the killed one is not counted. */
const LATENESS_IN_CHAOS_MS = 15_000;
const ENROL_AT_ONCE = 8;
const DRAIN_MS = 60_000;

async function enrolAll(world: World, { cast }: Script): Promise<void> {
  // Who stands in is asked in the order in which they came.
  for (const one of cast.characters.filter((c) => c.teaches !== null)) await world.enrol(one);
  for (const kind of ['coordinator', 'instructor', 'student', 'guardian'] as const) {
    const queue = cast.characters.filter((c) => c.kind === kind && c.teaches === null);
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) await world.enrol(next);
    };
    await Promise.all(Array.from({ length: ENROL_AT_ONCE }, work));
  }
}

/** Nobody is killed any more once the week is over: what was hit last has to come to its end. */
const untilReal = ({ now }: Week['ground'], { untilMs, rate }: Timing): AbortSignal => AbortSignal.timeout(Math.max(0, (untilMs - +now()) / rate));

/** A session is closed in the database a moment before its workflow has ended, and one whose worker was killed just then ends when it is given out again. */
async function untilWorkflowsEnd(client: Client): Promise<void> {
  for (const until = Date.now() + DRAIN_MS; Date.now() < until; await sleep(500)) {
    if (![...(await workflowsOf(client)).values()].some((w) => w.status === 'RUNNING')) return;
  }
}
/** Ends with the first of these that fails, and never by itself. */
const failureOf = (work: readonly unknown[]): Promise<never> => Promise.all(work).then(() => new Promise<never>(() => undefined));

interface Played {
  world: World;
  sink: Sink;
  kills: Kills | null;
  outages: readonly Outage[];
  /** What was due when the week was over, and was not done in a minute more. */
  undone: readonly Finding[];
  enrolledAt: number;
  cpuSeconds: CpuSeconds;
}

/** The week itself: the world acts, the desk answers, chaos kills, until every session is closed. */
async function live(week: Week, script: Script, timing: Timing, options: SimulateOptions): Promise<Played> {
  const { ground, processes, client, catcherUrl } = week;
  const over = new AbortController();
  options.signal.addEventListener('abort', () => over.abort(options.signal.reason), { once: true });
  const sink = new Sink(catcherUrl);
  const world = new World(week.doors, script.cast, sink);
  await enrolAll(world, script);
  const enrolledAt = Date.now();
  await week.begin();
  const usage = new Usage(options.home, processes);
  options.progress(`${script.cast.characters.length} people are enrolled; the week begins`);
  const desk = new Desk(world, script.lessons, timing.rate);
  const target = { processes, client, catcherUrl, now: () => +ground.now(), weekMs: (timing.untilMs - timing.fromMs) / timing.rate };
  const chaos = options.chaos ? new Chaos(target, randomOf(options.seed, 'chaos')) : null;
  const beside = [readSink(sink, over.signal), chaos?.run(AbortSignal.any([over.signal, untilReal(ground, timing)]))];
  const played = play(world, script.lessons, ground.clock, over.signal);
  const desked = desk.run();
  try {
    await Promise.race([Promise.all([played, untilClosed(week, { sink, chaos, script, timing, usage }, options)]), desked, failureOf(beside)]);
  } finally {
    desk.stop();
    over.abort();
    await Promise.allSettled([...beside, desked, played]);
  }
  const undone = await drain(ground.db, ground.now(), DRAIN_MS);
  await untilWorkflowsEnd(client);
  await sink.refresh();
  usage.look();
  return { world, sink, kills: chaos?.kills ?? null, outages: chaos?.outages ?? [], undone, enrolledAt, cpuSeconds: usage.total() };
}

function countsOf(findings: readonly WeekFinding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { check } of findings) counts[check] = (counts[check] ?? 0) + 1;
  return counts;
}

function refusalsOf({ refusals }: World): WeekFinding[] {
  return refusals.map(({ lesson, what, status, words }) => ({
    check: 'unexpected',
    lesson,
    course: null,
    sessionId: null,
    detail: `${what} was answered ${status}: ${words}`,
  }));
}

async function verdictOn(
  week: Week,
  script: Script,
  { world, sink, outages, undone }: Played,
  toleranceMs: number,
): Promise<Pick<Simulated, 'findings' | 'hash' | 'states'>> {
  const { db, clock, first, now } = week.ground;
  const witnesses = {
    evidence: await db.inOrganisation(first.organisationId, evidenceOf),
    sink: sink.messages,
    workflows: await workflowsOf(week.client),
    holdUps: outages.length > 0 ? await holdUpsOf(week.client, clock) : new Map<string, Outage[]>(),
  };
  const { seen, strays } = gather(witnesses, {
    script,
    terms: week.terms,
    clock,
    toleranceMs,
    outages,
    sessionIdOf: (key) => world.sessionIds.get(key),
  });
  const keys = new Map([...world.personIds].map(([key, id]) => [id, key]));
  const characters = new Map(script.cast.characters.map((c) => [c.key, c]));
  const judging: Judging = {
    toleranceMs,
    idOf: (key) => world.personIds.get(key) ?? key,
    characterOf: (id) => characters.get(keys.get(id) ?? ''),
  };
  const { findings } = await verify(db, week.client, now());
  const inTables = [...undone, ...findings].map(({ check, id, detail }) => ({
    check: `verify: ${check}`,
    lesson: null,
    course: null,
    sessionId: id,
    detail,
  }));
  const states = Object.fromEntries(
    [...seen]
      .sort((a, b) => (a.lesson.key < b.lesson.key ? -1 : 1))
      .map((s) => [s.lesson.key, { course: s.lesson.course, sessionId: s.session?.id ?? null, state: finalStateOf(s, judging) }]),
  );
  const determined = seen.filter((s) => s.isDetermined).map((s) => s.lesson.key);
  const hash = hashOf(Object.fromEntries(determined.map((key) => [key, states[key]!.state])));
  return { findings: [...judge(seen, judging), ...strays, ...refusalsOf(world), ...inTables], hash, states };
}

/** Plays a week on an installation of its own and gives the verdict, which is of the mail sink, the database and Temporal. */
export async function simulate(options: SimulateOptions): Promise<Simulated> {
  const { sessions, seed, withoutClaims, progress, signal } = options;
  const started = Date.now();
  const timing = timingOf(sessions, options.withinMs);
  const script = writeScript({ seed, sessions, fromMs: timing.fromMs, untilMs: timing.untilMs });
  const toleranceMs = options.toleranceMs ?? (options.chaos ? LATENESS_IN_CHAOS_MS : LATENESS_MS) * timing.rate;
  const toleranceMinutes = Math.round(toleranceMs / MINUTE);
  progress(`a second is ${Math.round(timing.rate / 60)} business minutes; what comes ${toleranceMinutes} of them late is a finding`);
  const week = await startWeek({ home: options.home, timing, withoutClaims, progress, signal });
  const upAt = Date.now();
  try {
    const played = await live(week, script, timing, options);
    const playedAt = Date.now();
    progress(`the week is over; ${played.sink.messages.length} messages are judged`);
    const verdict = await verdictOn(week, script, played, toleranceMs);
    const judgedAt = Date.now();
    const seconds = (from: number, to: number): number => Math.round((to - from) / 100) / 10;
    return {
      seed,
      sessions,
      rate: timing.rate,
      toleranceMinutes,
      seconds: Math.round((judgedAt - started) / 1000),
      messages: played.sink.messages.length,
      took: {
        starting: seconds(started, upAt),
        enrolling: seconds(upAt, played.enrolledAt),
        week: seconds(played.enrolledAt, playedAt),
        verdict: seconds(playedAt, judgedAt),
      },
      cpuSeconds: played.cpuSeconds,
      counts: countsOf(verdict.findings),
      kills: played.kills,
      repeats: played.world.line.repeats,
      ...verdict,
    };
  } finally {
    await week.stop();
  }
}
