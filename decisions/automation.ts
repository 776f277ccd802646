import { automationSeen } from '../db/automation-marks';
import { countRuns, type RunRow } from '../db/automation-runs';
import type { SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { holds } from '../policy/automations/compile';
import type { CompiledAutomation } from '../policy/automations/types';
import type { Facts } from '../policy/types';
import { isAnswered, type Ask, type Decision, type Question } from './decide';
import { withDeclared } from './declared';
import type { LoadedSet } from './rule-sets';

/** A run, or what one would be. */
export type RunAsked = Pick<RunRow, 'id' | 'automation' | 'event' | 'sessionId' | 'personId' | 'timelineId' | 'root' | 'depth'>;

const DAY_MS = 86_400_000;

/** Facts about somebody are there where the run is about one. */
async function factsFor(tx: Tx, run: RunAsked, session: SessionRow, asOf: Date): Promise<Facts> {
  const { personId, timelineId } = run;
  const seen = await automationSeen(tx, { sessionId: session.id, personId, timelineId, currency: session.currency, asOf });
  const lessons = (owes: number): number | undefined => (session.priceMinor > 0 ? Math.floor(-owes / session.priceMinor) : undefined);
  const counts = await countRuns(tx, run, new Date(+asOf - DAY_MS));
  return {
    depth: run.depth,
    runsOfEvent: counts.ofEvent,
    runsToday: counts.lately,
    event: run.event,
    status: session.status,
    isTrial: session.isTrial,
    subject: session.subject ?? undefined,
    programme: session.programme ?? undefined,
    branch: session.branch ?? undefined,
    students: seen.students,
    sessionTags: seen.sessionTags,
    ...(personId !== null && {
      role: seen.role ?? undefined,
      verdict: seen.verdict ?? undefined,
      lessonsTaken: seen.lessonsTaken,
      lessonsAhead: seen.lessonsAhead,
      sinceLastLesson: seen.lastLessonAt ? +asOf - +seen.lastLessonAt : undefined,
      creditLessons: lessons(seen.owesMinor),
      creditLessonsBefore: seen.chargedMinor === null ? undefined : lessons(seen.owesMinor - seen.chargedMinor),
      personTags: seen.personTags,
    }),
  };
}

/** What a run comes to before its first step. */
export interface Considered {
  facts: Facts;
  answer: 'run' | 'not-met' | 'stopped';
  /** What stopped it: a rule of the policy `automation`, or facts that are missing. */
  reason: string | null;
  decision: Decision | null;
}

export interface Considering {
  /** The one that the run goes by, in which its facts are declared. */
  set: LoadedSet;
  automation: CompiledAutomation;
  run: RunAsked;
  session: SessionRow;
  /** Facts that somebody says are other than they are. */
  others?: Facts;
  ask: Ask;
  asOf: Date;
}

/** Whether the condition of an automation holds for a run, and whether the rules in force let it run. */
export async function considerRun(tx: Tx, { set, automation, run, session, others = {}, ask, asOf }: Considering): Promise<Considered> {
  const subject = run.personId ?? session.id;
  const question: Question & { declared: CompiledAutomation['declared'] } = {
    ...{ point: 'automation', sessionId: session.id, subject, rev: session.rev, seq: `run:${run.id}` },
    facts: await factsFor(tx, run, session, asOf),
    declared: automation.declared,
    ...{ labels: session, bookedSetId: null, asOf },
  };
  const facts = { ...(await withDeclared(tx, set.compiled, [question]))[0]!.facts, ...others };
  const { answer, missing } = holds(automation, facts);
  if (answer === 'unknown') return { facts, answer: 'stopped', reason: `not known: ${missing.join(', ')}`, decision: null };
  if (!answer) return { facts, answer: 'not-met', reason: null, decision: null };
  if (!(await isAnswered(tx, 'automation', session))) return { facts, answer: 'stopped', reason: 'no-rules', decision: null };
  const decision = await ask(tx, { ...question, facts });
  if (decision.outcome.verdict === 'run') return { facts, answer: 'run', reason: null, decision };
  return { facts, answer: 'stopped', reason: decision.rule, decision };
}
