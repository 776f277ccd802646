import { leastWithin, HOUR, MINUTE, SECOND } from '../simulate/timing';
import { simulate, type Simulated } from '../simulate/simulate';
import { newWeekHome, removeWeekHome } from '../simulate/week';
import { interruptibly } from './interrupt';
import { print, printJson, progress, UsageError } from './output';

export interface SimulateArguments {
  sessions: string;
  within: string;
  seed: string;
  tolerance?: string;
  chaos?: boolean;
  /** Commander calls `--without-claims` so. */
  withoutClaims?: boolean;
  json?: boolean;
}

const UNITS: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR };

function durationOf(option: string, text: string): number {
  const [, count, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  if (!count || !unit) throw new UsageError(`${option} is "${text}"; it may be a duration such as 90s, 10m or 2h`);
  return Number(count) * UNITS[unit]!;
}

function sessionsOf(text: string): number {
  const sessions = Number(text);
  if (!/^\d+$/.test(text) || sessions < 1 || sessions > 100_000)
    throw new UsageError(`--sessions is "${text}"; it may be a whole number from 1 to 100000`);
  return sessions;
}

function show({ findings, states: _, ...counts }: Simulated): void {
  const kills = counts.kills
    ? `, ${counts.kills.worker} kills of the worker (${counts.kills.before250} before a 250), ${counts.kills.server} of the server`
    : '';
  print(`${counts.sessions} sessions, ${counts.messages} messages in ${counts.seconds} s${kills}`);
  const cpu = Object.entries(counts.cpuSeconds).sort(([, a], [, b]) => b - a);
  print(`CPU seconds of the week: ${cpu.map(([name, seconds]) => `${name} ${Math.round(seconds)}`).join(', ')}`);
  print(`final states: ${counts.hash}`);
  if (findings.length === 0) return print('nothing lost, doubled, late, contradictory or unexplained');
  for (const check of new Set(findings.map((f) => f.check))) {
    const of = findings.filter((f) => f.check === check);
    print(`\n${check}: ${of.length}`);
    for (const { lesson, course, sessionId, detail } of of) print(`  ${lesson ?? '-'} ${course ?? ''} ${sessionId ?? ''}: ${detail}`);
  }
}

/** `lectern simulate`: a week of an organisation in a few minutes. Exit 1 with findings. */
export function runSimulate(given: SimulateArguments): Promise<number> {
  const sessions = sessionsOf(given.sessions);
  const withinMs = durationOf('--within', given.within);
  if (withinMs < leastWithin(sessions))
    throw new UsageError(`--within is "${given.within}"; ${sessions} sessions need at least ${Math.ceil(leastWithin(sessions) / SECOND)}s`);
  if (given.withoutClaims && !given.chaos) throw new UsageError('--without-claims shows what kills would do, so it goes with --chaos');
  const home = newWeekHome();
  const play = async (signal: AbortSignal): Promise<number> => {
    const result = await simulate({
      home,
      sessions,
      withinMs,
      seed: given.seed,
      chaos: given.chaos ?? false,
      withoutClaims: given.withoutClaims ?? false,
      toleranceMs: given.tolerance === undefined ? null : durationOf('--tolerance', given.tolerance),
      progress,
      signal,
    });
    if (given.json) printJson(result);
    else show(result);
    return result.findings.length === 0 ? 0 : 1;
  };
  return interruptibly(home, play).finally(() => removeWeekHome(home));
}
