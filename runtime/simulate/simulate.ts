import { hashOf } from '../../domain/ids';
import { evidenceOf } from '../../db/evidence';
import { drain, verify } from '../verify';
import { Chaos, type Kills } from './chaos';
import { Desk } from './desk';
import { gather, workflowsOf } from './gather';
import { longest, type Outage } from './outages';
import { play } from './play';
import { randomOf } from './random';
import { writeScript, type Script } from './script';
import { Sink } from './sink';
import { MINUTE, timingOf, type Timing } from './timing';
import { judge, type WeekFinding } from './verdict';
import type { Judging } from './verdict/seen';
import { finalStateOf, type FinalState } from './verdict/unexpected';
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
  kills: Kills | null;
  /** How often the world had to say something again. */
  repeats: number;
  /** Of the final states that the script alone decides: the same for the same seed. */
  hash: string;
  findings: WeekFinding[];
  states: Record<string, { course: string; sessionId: string | null; state: FinalState | null }>;
}

/** What the engines take at most from when something is due to when it is done, in real time, while they run. */
const LATENESS_MS = 5_000;
/** What a killed worker held is taken up again after its heartbeat (30 s) and its lease (30 s, beside it), and a task that it had. */
const LATENESS_IN_CHAOS_MS = 50_000;
const ENROL_AT_ONCE = 8;
const DRAIN_MS = 60_000;

async function enrolAll(world: World, { cast }: Script): Promise<void> {
  for (const kind of ['coordinator', 'instructor', 'student', 'guardian'] as const) {
    const queue = cast.characters.filter((c) => c.kind === kind);
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) await world.enrol(next);
    };
    await Promise.all(Array.from({ length: ENROL_AT_ONCE }, work));
  }
}

/** Nobody is killed any more once the week is over: what was hit last has to come to its end. */
const untilReal = ({ now }: Week['ground'], { untilMs, rate }: Timing): AbortSignal => AbortSignal.timeout(Math.max(0, (untilMs - +now()) / rate));

interface Played {
  world: World;
  sink: Sink;
  kills: Kills | null;
  outages: readonly Outage[];
}

/** The week itself: the world acts, the desk answers, chaos kills, until every session is closed. */
async function live(week: Week, script: Script, timing: Timing, options: SimulateOptions): Promise<Played> {
  const { ground, processes, client, catcherUrl } = week;
  const over = new AbortController();
  options.signal.addEventListener('abort', () => over.abort(options.signal.reason), { once: true });
  const sink = new Sink(catcherUrl);
  const world = new World(week.doors, script.cast, sink);
  await enrolAll(world, script);
  options.progress(`${script.cast.characters.length} people are enrolled; the week begins`);
  const desk = new Desk(world, script.lessons);
  const chaos = options.chaos ? new Chaos({ processes, client, catcherUrl, now: () => +ground.now() }, randomOf(options.seed, 'chaos')) : null;
  const beside = [readSink(sink, over.signal), chaos?.run(AbortSignal.any([over.signal, untilReal(ground, timing)]))];
  const played = play(world, script.lessons, ground.clock, over.signal);
  const desked = desk.run();
  try {
    await Promise.race([Promise.all([played, untilClosed(week, { sink, chaos, script, timing }, options)]), desked]);
  } finally {
    desk.stop();
    over.abort();
    await Promise.allSettled([...beside, desked, played]);
  }
  await drain(ground.db, ground.now(), DRAIN_MS);
  await sink.refresh();
  return { world, sink, kills: chaos?.kills ?? null, outages: chaos?.outages ?? [] };
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
  { world, sink, outages }: Played,
  toleranceMs: number,
): Promise<Pick<Simulated, 'findings' | 'hash' | 'states'>> {
  const { db, clock, first, now } = week.ground;
  const witnesses = {
    evidence: await db.inOrganisation(first.organisationId, evidenceOf),
    sink: sink.messages,
    workflows: await workflowsOf(week.client),
  };
  const { seen, strays } = gather(witnesses, { script, terms: week.terms, clock, certainMs: toleranceMs + longest(outages) });
  const keys = new Map([...world.personIds].map(([key, id]) => [id, key]));
  const characters = new Map(script.cast.characters.map((c) => [c.key, c]));
  const judging: Judging = {
    toleranceMs,
    outages,
    idOf: (key) => world.personIds.get(key) ?? key,
    characterOf: (id) => characters.get(keys.get(id) ?? ''),
  };
  const { findings } = await verify(db, week.client, now());
  const inTables = findings.map(({ check, id, detail }) => ({ check: `verify: ${check}`, lesson: null, course: null, sessionId: id, detail }));
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
  try {
    const played = await live(week, script, timing, options);
    const verdict = await verdictOn(week, script, played, toleranceMs);
    return {
      seed,
      sessions,
      rate: timing.rate,
      toleranceMinutes,
      seconds: Math.round((Date.now() - started) / 1000),
      messages: played.sink.messages.length,
      kills: played.kills,
      repeats: played.world.line.repeats,
      ...verdict,
    };
  } finally {
    await week.stop();
  }
}
