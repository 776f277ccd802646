import type { ClosureRow } from '../../db/closures';
import { findSession, participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import type { ItemChange } from '../../db/batches';
import type { Tx } from '../../db/database';
import type { Considered } from '../../decisions/candidates';
import { decideEach, preview, previewEach, type Decision, type Question } from '../../decisions/decide';
import { loadActiveSet } from '../../decisions/rule-sets';
import { explain } from '../../policy/explain';
import { selectPolicy } from '../../policy/select';
import type { SessionStatus } from '../../domain/status';
import { timesFor } from '../batches/hold';
import type { MovesToo } from '../changes/consider-load';
import { tooMuchBy } from '../changes/too-much';
import type { OtherTime } from '../series/other-times';
import type { Context } from '../context';
import type { ChangeInput } from '../types';
import { standInsFor } from './substitutes';

export type Closed = Pick<ClosureRow, 'id' | 'personId' | 'branch' | 'startsAt' | 'endsAt' | 'zone'>;

/** What becomes of a session by the `closure` policy. */
export type ClosureVerdict = 'move' | 'reassign' | 'search' | 'cancel' | 'hold' | 'keep';

/** A session in a closed time, and what the rules are asked about it. */
interface AskedSession {
  session: SessionRow;
  participants: ParticipantRow[];
  question: Question;
  times: OtherTime[];
  standIns: Considered[];
  /** It has begun: it is cut off, or it goes on. */
  hasBegun: boolean;
  /** Why the first of the other times would be too much for somebody on it; null where it would not. */
  tooMuch: string | null;
}

/** What a closure does with one session; where nobody is asked, because it is over, there is no question. */
export interface ConsideredSession extends Omit<AskedSession, 'question'> {
  question: Question | null;
  decision: Decision | null;
  why: string;
  verdict: ClosureVerdict;
  change: ItemChange | null;
}
type About = Omit<AskedSession, 'question' | 'tooMuch'>;

function causeOf({ personId, branch }: Closed, participants: ParticipantRow[]): string {
  if (personId) return participants.find((p) => p.personId === personId)?.role ?? 'student';
  return branch ? 'branch' : 'organisation';
}

/** The question that a closure raises about a session; `seq` tells a first asking from another, when nobody could stand in after all. */
export function closureQuestion(ctx: Context, closed: Closed, about: About, seq = `closure:${closed.id}:${ctx.asOf.toISOString()}`): Question {
  const { session, participants, times, standIns, hasBegun } = about;
  return {
    point: 'closure',
    sessionId: session.id,
    subject: session.id,
    rev: session.rev,
    seq,
    facts: {
      cause: causeOf(closed, participants),
      notice: +session.startsAt - +ctx.asOf,
      isTrial: session.isTrial,
      students: participants.filter((p) => p.role === 'student').length,
      status: hasBegun ? 'live' : session.status,
      freeTimes: times.length,
      substitutes: standIns.length,
    },
    labels: session,
    bookedSetId: null,
    asOf: ctx.asOf,
  };
}

/**
 * What an answer makes of a session. One that names a time or a person where there is none, or a time that is too much for somebody, is a
 * person's to say; what has begun can only be cut off, or go on.
 */
export function concluded(
  { times: [time], standIns: [standIn], question, hasBegun, tooMuch }: AskedSession,
  said: string,
): Pick<ConsideredSession, 'verdict' | 'change'> {
  if (hasBegun) return said === 'cancel' ? { verdict: 'cancel', change: { kind: 'cancel', hasBegun } } : { verdict: 'keep', change: null };
  if (said === 'move' && tooMuch !== null) return { verdict: 'hold', change: { kind: 'hold', why: tooMuch } };
  if (said === 'move' && time) return { verdict: 'move', change: { kind: 'reschedule', startsAt: time.startsAt, endsAt: time.endsAt } };
  if (said === 'reassign' && standIn) return { verdict: 'reassign', change: { kind: 'reassign', instructorId: standIn.personId } };
  if (said === 'search' && question.facts.cause === 'instructor') return { verdict: 'search', change: { kind: 'search' } };
  if (said === 'cancel') return { verdict: 'cancel', change: { kind: 'cancel' } };
  if (said === 'keep') return { verdict: 'keep', change: null };
  return { verdict: 'hold', change: { kind: 'hold' } };
}

async function conclude(tx: Tx, asked: AskedSession, decision: Decision): Promise<ConsideredSession> {
  const policy = selectPolicy((await loadActiveSet(tx)).compiled.policies, 'closure', asked.session);
  const { outcome, rule, missing, say, facts } = decision;
  const words = explain(policy, facts, { outcome, rule, missing, say });
  const end = concluded(asked, String(outcome.verdict));
  const why = end.verdict === 'hold' && asked.tooMuch !== null ? asked.tooMuch : (words.because ?? words.sentence);
  return { ...asked, decision, why, ...end };
}

/** One that was given another time before, as it counts where it goes. */
const movesToo = ({ change, session, participants }: ConsideredSession): MovesToo[] =>
  change?.kind === 'reschedule'
    ? [{ sessionId: session.id, personIds: participants.map((p) => p.personId), startsAt: new Date(String(change.startsAt)) }]
    : [];

/** Whether the first of the other times may be: asked where the rules would have the session moved there. */
async function tooMuchAt(
  ctx: Context,
  tx: Tx,
  { session, participants, times: [time] }: About,
  before: readonly ConsideredSession[],
): Promise<string | null> {
  if (!time) return null;
  const input: ChangeInput = { kind: 'reschedule', startsAt: new Date(time.startsAt), endsAt: new Date(time.endsAt) };
  return (await tooMuchBy({ ctx, tx, input, before: { session, participants } }, preview, before.flatMap(movesToo)))?.why ?? null;
}

const OVER: Partial<Record<SessionStatus, string>> = {
  cancelled: 'It does not take place, and stays so.',
  refused: 'It does not take place, and stays so.',
  expired: 'It does not take place, and stays so.',
  documenting: 'It has taken place, and is being documented.',
  settling: 'It has taken place, and is being settled.',
  settled: 'It has taken place.',
};
const left = (about: About, why: string): ConsideredSession => ({
  ...about,
  question: null,
  tooMuch: null,
  decision: null,
  why,
  verdict: 'keep',
  change: null,
});

const overlaps = (a: ConsideredSession, ids: Set<string>): boolean => a.participants.some((p) => ids.has(p.personId));

/** The time that a moved session takes, with its buffer. */
const takenBy = ({ change, session }: ConsideredSession): { startsAt: Date; endsAt: Date }[] =>
  change?.kind === 'reschedule'
    ? [{ startsAt: new Date(change.startsAt as string), endsAt: new Date(+new Date(change.endsAt as string) + session.bufferMinutes * 60_000) }]
    : [];

const endOf = ({ endsAt, bufferMinutes }: SessionRow): number => +endsAt + bufferMinutes * 60_000;

/** Who has been given a session of the same batch that is at the time of this one. */
const givenThen = (session: SessionRow, considered: readonly ConsideredSession[]): Set<string> =>
  new Set(
    considered
      .filter((c) => c.change?.kind === 'reassign' && +c.session.startsAt < endOf(session) && endOf(c.session) > +session.startsAt)
      .map((c) => String(c.change!.instructorId)),
  );

/** What may be done with a session that is still to come: other times for it, and who could stand in. */
async function waysOut(ctx: Context, tx: Tx, about: About, closed: Closed, before: readonly ConsideredSession[]): Promise<About> {
  const { session, participants, hasBegun } = about;
  if (hasBegun) return about;
  const ids = new Set(participants.map((p) => p.personId));
  const given = before.filter((c) => overlaps(c, ids)).flatMap(takenBy);
  const times = session.withoutSlot ? [] : await timesFor(ctx, tx, session, { after: closed.endsAt, given });
  if (causeOf(closed, participants) !== 'instructor') return { ...about, times };
  const asking = { session, seq: `closure:${closed.id}`, given: givenThen(session, before), ask: previewEach, asOf: ctx.asOf };
  return { ...about, times, standIns: await standInsFor(tx, asking) };
}

/**
 * What becomes of sessions that a closure falls on, as the `closure` policy says; the sooner one chooses first, and nobody is given the
 * same time, or two sessions at one time. What is over stays as it is, and what has begun goes on unless the policy cancels it. Writes nothing.
 */
export async function considerClosure(ctx: Context, tx: Tx, closed: Closed, sessionIds: readonly string[]): Promise<ConsideredSession[]> {
  const considered: ConsideredSession[] = [];
  for (const id of sessionIds) {
    const session = (await findSession(tx, id))!;
    const participants = await participantsOf(tx, id);
    const found = { session, participants, times: [], standIns: [], hasBegun: session.startsAt <= ctx.asOf };
    const over = OVER[session.status];
    if (over) {
      considered.push(left(found, over));
      continue;
    }
    const about = await waysOut(ctx, tx, found, closed, considered);
    const question = closureQuestion(ctx, closed, about);
    const decision = await preview(tx, question);
    const tooMuch = decision.outcome.verdict === 'move' ? await tooMuchAt(ctx, tx, about, considered) : null;
    considered.push(await conclude(tx, { ...about, question, tooMuch }, decision));
  }
  return considered;
}

/** The same, with the decisions stored that are followed. */
export async function decideConsidered(tx: Tx, considered: readonly ConsideredSession[]): Promise<ConsideredSession[]> {
  const asked = considered.flatMap((c): AskedSession[] => (c.question ? [{ ...c, question: c.question }] : []));
  const decisions = await decideEach(
    tx,
    asked.map((c) => c.question),
  );
  const decided: ConsideredSession[] = [];
  for (const [n, c] of asked.entries()) decided.push(await conclude(tx, c, decisions[n]!));
  return decided;
}
