import { changesOfCause, type ChangeOfCause, type ItemChange } from '../../db/batches';
import { closuresDuring, type ClosureRow } from '../../db/closures';
import { conflictsOf, findSession, participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import { peopleById } from '../../db/people';
import type { Tx } from '../../db/database';
import { isAnswered, preview, type Decision, type Question } from '../../decisions/decide';
import { loadActiveSet } from '../../decisions/rule-sets';
import { explain } from '../../policy/explain';
import { selectPolicy } from '../../policy/select';
import { inputOf } from '../batches/parts';
import { tooMuchBy } from '../changes/too-much';
import type { Context } from '../context';

/** A session that a closure changed, and what becomes of it when its time is opened again. */
export interface Reopened {
  session: SessionRow;
  was: 'moved' | 'reassigned' | 'cancelled';
  /** When it was to be. */
  originalStartsAt: Date;
  verdict: 'restore' | 'leave';
  why: string;
  change: ItemChange | null;
  question: Question | null;
}

interface Lost {
  change: ChangeOfCause;
  session: SessionRow;
  participants: ParticipantRow[];
}

const WAS = { reschedule: 'moved', reassign: 'reassigned', cancel: 'cancelled' } as const;
const leave = (lost: Lost, why: string): Reopened => ({
  session: lost.session,
  was: WAS[lost.change.kind],
  originalStartsAt: new Date(lost.change.before.startsAt),
  verdict: 'leave',
  why,
  change: null,
  question: null,
});

/** How it was: its time, or who taught it; what is cancelled is booked anew at its time. */
async function changeBack(tx: Tx, { change: { kind, before }, participants }: Lost): Promise<ItemChange | null> {
  if (kind === 'cancel') return { kind: 'rebook', startsAt: before.startsAt, endsAt: before.endsAt };
  if (kind === 'reschedule') return { kind, startsAt: before.startsAt, endsAt: before.endsAt };
  const gone = (before.participantIds ?? []).filter((id) => !participants.some((p) => p.personId === id));
  const former = (await peopleById(tx, gone)).find((p) => p.kind === 'instructor' && p.active);
  return former ? { kind: 'reassign', instructorId: former.id } : null;
}

/** Whether everybody could be as they were, the closure that is opened apart. */
async function isFree(tx: Tx, { session, participants }: Lost, back: ItemChange, opened: ClosureRow): Promise<boolean> {
  const isOne = back.kind === 'reassign';
  const from = isOne ? session.startsAt : new Date(String(back.startsAt));
  const to = isOne ? session.endsAt : new Date(String(back.endsAt));
  const who = isOne ? [String(back.instructorId)] : participants.map((p) => p.personId);
  const keys = (await peopleById(tx, who)).map((p) => p.key);
  const until = new Date(+to + session.bufferMinutes * 60_000);
  const [taken, closed] = await Promise.all([
    conflictsOf(tx, keys, from, until, [session.id]),
    closuresDuring(tx, { personIds: who, branch: session.branch }, from, to),
  ]);
  return taken.length === 0 && closed.every((c) => c.id === opened.id || (back.kind === 'reassign' && c.personId === null));
}

async function considerOne(ctx: Context, tx: Tx, lost: Lost, opened: ClosureRow): Promise<Reopened> {
  const { session, change } = lost;
  if (session.rev !== change.rev) return leave(lost, 'It was changed again since.');
  const back = await changeBack(tx, lost);
  if (!back) return leave(lost, 'Whoever taught it is not there any more.');
  if (!(await isAnswered(tx, 'closure.reopen', session))) return leave(lost, 'The rules in force do not say that it is put back.');
  const question: Question = {
    point: 'closure.reopen',
    sessionId: session.id,
    subject: session.id,
    rev: session.rev,
    seq: `reopen:${opened.id}:${ctx.asOf.toISOString()}`,
    facts: {
      was: WAS[change.kind],
      notice: +new Date(change.before.startsAt) - +ctx.asOf,
      isFree: await isFree(tx, lost, back, opened),
      isTrial: session.isTrial,
      students: lost.participants.filter((p) => p.role === 'student').length,
    },
    labels: session,
    bookedSetId: null,
    asOf: ctx.asOf,
  };
  const decision = await preview(tx, question);
  const isBack = decision.outcome.verdict === 'restore';
  // Whether it may be booked anew admission says when it is.
  const tooMuch =
    isBack &&
    back.kind !== 'rebook' &&
    (await tooMuchBy({ ctx, tx, input: inputOf(back, null), before: { session, participants: lost.participants } }, preview));
  if (tooMuch) return leave(lost, tooMuch.why);
  return { ...leave(lost, await inWords(tx, session, decision)), verdict: isBack ? 'restore' : 'leave', change: isBack ? back : null, question };
}

async function inWords(tx: Tx, session: SessionRow, { outcome, rule, missing, say, facts }: Decision): Promise<string> {
  const policy = selectPolicy((await loadActiveSet(tx)).compiled.policies, 'closure.reopen', session);
  const words = explain(policy, facts, { outcome, rule, missing, say });
  return words.because ?? words.sentence;
}

/** What is left of several changes of a session: from how it was first to the last; nothing after it was put back. */
function netChanges(changes: readonly ChangeOfCause[]): ChangeOfCause[] {
  const net = new Map<string, ChangeOfCause>();
  for (const c of changes) {
    if (c.restores) net.delete(c.sessionId);
    else net.set(c.sessionId, { ...c, before: net.get(c.sessionId)?.before ?? c.before });
  }
  return [...net.values()].sort((a, b) => (a.before.startsAt < b.before.startsAt ? -1 : 1));
}

/** What a closure did with sessions that began in a time which is open again, and what becomes of each, by when it was to be. Writes nothing. */
export async function considerReopened(ctx: Context, tx: Tx, opened: ClosureRow, isOpen: (from: Date, to: Date) => boolean): Promise<Reopened[]> {
  const reopened: Reopened[] = [];
  for (const change of netChanges(await changesOfCause(tx, opened.id))) {
    const startsAt = new Date(change.before.startsAt);
    if (startsAt <= ctx.asOf || !isOpen(startsAt, new Date(change.before.endsAt))) continue;
    const session = (await findSession(tx, change.sessionId))!;
    const participants = await participantsOf(tx, session.id);
    reopened.push(await considerOne(ctx, tx, { change, session, participants }, opened));
  }
  return reopened;
}
