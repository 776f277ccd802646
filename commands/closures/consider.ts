import { sessionIdsDuring, type ClosureRow } from '../../db/closures';
import { conflictsOf, findSession, participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import { notifiedGuardians, peopleById } from '../../db/people';
import type { ItemChange } from '../../db/batches';
import type { Tx } from '../../db/database';
import type { Ask, Decision } from '../../decisions/decide';
import { loadActiveSet } from '../../decisions/rule-sets';
import { percentOf } from '../../domain/money';
import { explain } from '../../policy/explain';
import { selectPolicy } from '../../policy/select';
import { timesFor } from '../batches/hold';
import type { OtherTime } from '../series/other-times';
import type { Context } from '../context';

export type Closed = Pick<ClosureRow, 'id' | 'personId' | 'branch' | 'startsAt' | 'endsAt'>;

/** What a closure does with one session. */
export interface ConsideredSession {
  session: SessionRow;
  participants: ParticipantRow[];
  decision: Decision;
  why: string;
  verdict: 'move' | 'cancel' | 'hold' | 'keep';
  change: ItemChange | null;
}

function causeOf({ personId, branch }: Closed, participants: ParticipantRow[]): string {
  if (personId) return participants.find((p) => p.personId === personId)?.role ?? 'student';
  return branch ? 'branch' : 'organisation';
}

async function decideOne(
  ctx: Context,
  tx: Tx,
  about: { closed: Closed; session: SessionRow; participants: ParticipantRow[]; times: OtherTime[] },
  ask: Ask,
): Promise<Decision & { why: string }> {
  const { closed, session, participants, times } = about;
  const decision = await ask(tx, {
    point: 'closure',
    sessionId: session.id,
    subject: session.id,
    rev: session.rev,
    seq: `closure:${closed.id}`,
    facts: {
      cause: causeOf(closed, participants),
      notice: +session.startsAt - +ctx.asOf,
      isTrial: session.isTrial,
      students: participants.filter((p) => p.role === 'student').length,
      status: session.status,
      freeTimes: times.length,
      substitutes: 0,
    },
    labels: session,
    bookedSetId: null,
    asOf: ctx.asOf,
  });
  const policy = selectPolicy((await loadActiveSet(tx)).compiled.policies, 'closure', session);
  const { outcome, rule, missing, say, facts } = decision;
  const words = explain(policy, facts, { outcome, rule, missing, say });
  return { ...decision, why: words.because ?? words.sentence };
}

const overlaps = (a: ConsideredSession, ids: Set<string>): boolean => a.participants.some((p) => ids.has(p.personId));

/** The time that a moved session takes, with its buffer. */
const takenBy = ({ change, session }: ConsideredSession): { startsAt: Date; endsAt: Date }[] =>
  change?.kind === 'reschedule'
    ? [{ startsAt: new Date(change.startsAt as string), endsAt: new Date(+new Date(change.endsAt as string) + session.bufferMinutes * 60_000) }]
    : [];

/**
 * What becomes of every session that a closure falls on, as the `closure` policy says; the sooner one chooses first, and nobody is given the
 * same time twice. A reassignment waits for a person, who knows whom to ask.
 */
export async function considerClosure(ctx: Context, tx: Tx, closed: Closed, ask: Ask): Promise<ConsideredSession[]> {
  const considered: ConsideredSession[] = [];
  for (const id of await sessionIdsDuring(tx, closed, ctx.asOf)) {
    const session = (await findSession(tx, id))!;
    const participants = await participantsOf(tx, id);
    const ids = new Set(participants.map((p) => p.personId));
    const given = considered.filter((c) => overlaps(c, ids)).flatMap(takenBy);
    const times = session.withoutSlot ? [] : await timesFor(ctx, tx, session, { after: closed.endsAt, given });
    const { why, ...decision } = await decideOne(ctx, tx, { closed, session, participants, times }, ask);
    const said = String(decision.outcome.verdict);
    const [time] = times;
    const verdict = said === 'move' && time ? 'move' : said === 'cancel' || said === 'keep' ? said : 'hold';
    const change: Record<ConsideredSession['verdict'], ItemChange | null> = {
      move: time ? { kind: 'reschedule', startsAt: time.startsAt, endsAt: time.endsAt } : null,
      cancel: { kind: 'cancel' },
      hold: { kind: 'hold' },
      keep: null,
    };
    considered.push({ session, participants, decision, why, verdict, change: change[verdict] });
  }
  return considered;
}

export interface PreviewedSession {
  sessionId: string;
  title: string;
  startsAt: Date;
  verdict: ConsideredSession['verdict'];
  why: string;
  rule: string;
  /** Where a moved one goes. */
  newStartsAt: string | null;
  conflicts: { startsAt: Date; endsAt: Date; personId: string }[];
  charges: { studentId: string; percent: number; amountMinor: number; currency: string }[];
}

async function conflictsWith(tx: Tx, { session, participants, change }: ConsideredSession): Promise<PreviewedSession['conflicts']> {
  if (change?.kind !== 'reschedule') return [];
  const keys = participants.map((p) => p.personKey);
  return conflictsOf(tx, keys, new Date(change.startsAt as string), new Date(change.endsAt as string), [session.id]);
}

/** A considered session as a preview shows it. */
export async function describeSession(tx: Tx, c: ConsideredSession): Promise<PreviewedSession> {
  const { session, participants, decision, verdict, why } = c;
  const percent = verdict === 'move' || verdict === 'cancel' ? Number(decision.outcome.chargePercent ?? 0) : 0;
  const { currency, priceMinor } = session;
  return {
    sessionId: session.id,
    title: session.title,
    startsAt: session.startsAt,
    verdict,
    why,
    rule: decision.rule,
    newStartsAt: verdict === 'move' ? String(c.change!.startsAt) : null,
    conflicts: await conflictsWith(tx, c),
    charges: participants
      .filter((p) => p.role === 'student')
      .map((p) => ({ studentId: p.personId, percent, amountMinor: session.status === 'held' ? 0 : percentOf(priceMinor, percent), currency })),
  };
}

const TOLD_OF = ['move', 'cancel', 'change'];

/** Who is told, each once, and of how many sessions. */
export async function whoIsTold(
  tx: Tx,
  considered: readonly (Pick<ConsideredSession, 'session' | 'participants'> & { verdict: string })[],
): Promise<{ personId: string; lessons: number }[]> {
  const lessons = new Map<string, number>();
  const tell = (personId: string): void => void lessons.set(personId, (lessons.get(personId) ?? 0) + 1);
  for (const { session, participants, verdict } of considered) {
    if (!TOLD_OF.includes(verdict) || session.status === 'held') continue;
    const people = await peopleById(
      tx,
      participants.map((p) => p.personId),
    );
    const guardians = await notifiedGuardians(
      tx,
      participants.filter((p) => p.role === 'student').map((p) => p.personId),
    );
    const reached = [...people, ...guardians].filter((p) => p.active && (p.email ?? p.phone));
    for (const id of new Set(reached.map((p) => p.id))) tell(id);
  }
  return [...lessons].map(([personId, n]) => ({ personId, lessons: n })).sort((a, b) => (a.personId < b.personId ? -1 : 1));
}
