import type { ClosureRow } from '../../db/closures';
import { findSession, participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import type { ItemChange } from '../../db/batches';
import type { Tx } from '../../db/database';
import type { Considered } from '../../decisions/candidates';
import { decideEach, preview, previewEach, type Decision, type Question } from '../../decisions/decide';
import { loadActiveSet } from '../../decisions/rule-sets';
import { explain } from '../../policy/explain';
import { selectPolicy } from '../../policy/select';
import { timesFor } from '../batches/hold';
import type { OtherTime } from '../series/other-times';
import type { Context } from '../context';
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
}

/** What a closure does with one session. */
export interface ConsideredSession extends AskedSession {
  decision: Decision;
  why: string;
  verdict: ClosureVerdict;
  change: ItemChange | null;
}

function causeOf({ personId, branch }: Closed, participants: ParticipantRow[]): string {
  if (personId) return participants.find((p) => p.personId === personId)?.role ?? 'student';
  return branch ? 'branch' : 'organisation';
}

/** The question that a closure raises about a session; `seq` tells a first asking from another, when nobody could stand in after all. */
export function closureQuestion(
  ctx: Context,
  closed: Closed,
  about: Omit<AskedSession, 'question'>,
  seq = `closure:${closed.id}:${ctx.asOf.toISOString()}`,
): Question {
  const { session, participants, times, standIns } = about;
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
      status: session.status,
      freeTimes: times.length,
      substitutes: standIns.length,
    },
    labels: session,
    bookedSetId: null,
    asOf: ctx.asOf,
  };
}

/** What an answer makes of a session. One that names a time or a person where there is none is a person's to say. */
export function concluded(
  { times: [time], standIns: [standIn], question }: AskedSession,
  said: string,
): Pick<ConsideredSession, 'verdict' | 'change'> {
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
  return { ...asked, decision, why: words.because ?? words.sentence, ...concluded(asked, String(outcome.verdict)) };
}

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

/**
 * What becomes of sessions that a closure falls on, as the `closure` policy says; the sooner one chooses first, and nobody is given the
 * same time, or two sessions at one time. Writes nothing.
 */
export async function considerClosure(ctx: Context, tx: Tx, closed: Closed, sessionIds: readonly string[]): Promise<ConsideredSession[]> {
  const considered: ConsideredSession[] = [];
  for (const id of sessionIds) {
    const session = (await findSession(tx, id))!;
    const participants = await participantsOf(tx, id);
    const ids = new Set(participants.map((p) => p.personId));
    const given = considered.filter((c) => overlaps(c, ids)).flatMap(takenBy);
    const times = session.withoutSlot ? [] : await timesFor(ctx, tx, session, { after: closed.endsAt, given });
    const isInstructors = causeOf(closed, participants) === 'instructor';
    const asking = { session, seq: `closure:${closed.id}`, given: givenThen(session, considered), ask: previewEach, asOf: ctx.asOf };
    const about = { session, participants, times, standIns: isInstructors ? await standInsFor(tx, asking) : [] };
    const asked = { ...about, question: closureQuestion(ctx, closed, about) };
    considered.push(await conclude(tx, asked, await preview(tx, asked.question)));
  }
  return considered;
}

/** The same, with the decisions stored that are followed. */
export async function decideConsidered(tx: Tx, considered: readonly ConsideredSession[]): Promise<ConsideredSession[]> {
  const decisions = await decideEach(
    tx,
    considered.map((c) => c.question),
  );
  const decided: ConsideredSession[] = [];
  for (const [n, c] of considered.entries()) decided.push(await conclude(tx, c, decisions[n]!));
  return decided;
}
