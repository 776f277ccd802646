import {
  acknowledgementOf,
  insertAcknowledgement,
  markAcknowledged,
  setCheck,
  stopWaiting,
  type AcknowledgementRow,
  type NewAcknowledgement,
} from '../../db/acknowledgements';
import { lockSession, participantsOf, type SessionRow } from '../../db/sessions';
import { openSearchOf } from '../../db/searches';
import { addToTimeline, wake } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { answer, decide, isAnswered, type Answered, type Decision, type Question } from '../../decisions/decide';
import { answers, type LoadedSet } from '../../decisions/rule-sets';
import { LecternError } from '../../domain/errors';
import { deriveToken, newId, sha256 } from '../../domain/ids';
import type { Context } from '../context';
import { planEvents } from '../plan';
import { suppressPlanned } from '../replan';
import { endSearch } from './end';
import { startSearch } from './start';

type Assigned = Pick<SessionRow, 'id' | 'rev' | 'startsAt' | 'isTrial' | 'programme' | 'branch' | 'subject'>;
interface Asking {
  personId: string;
  students: number;
  seq: string;
  askedFor: number;
  reminders: number;
  asOf: Date;
}

function acknowledgementQuestion(session: Assigned, a: Asking): Question {
  return {
    point: 'acknowledgement',
    sessionId: session.id,
    subject: a.personId,
    rev: session.rev,
    seq: a.seq,
    facts: { notice: +session.startsAt - +a.asOf, askedFor: a.askedFor, reminders: a.reminders, isTrial: session.isTrial, students: a.students },
    labels: session,
    bookedSetId: null,
    asOf: a.asOf,
  };
}

/** What an instructor is asked from their assignment on; nothing when the rules ask for no acknowledgement. */
function askedFor(
  { secret, asOf }: Pick<Context, 'secret' | 'asOf'>,
  session: Assigned,
  personId: string,
  { id: decisionId, outcome }: Pick<Decision, 'id' | 'outcome'>,
): NewAcknowledgement | null {
  if (outcome.next === 'skip') return null;
  const id = newId();
  // What is to be done at once is done by the session's workflow, as what falls due later is.
  const checkAt = outcome.next === 'wait' ? new Date(+asOf + Number(outcome.again)) : asOf;
  const tokenHash = sha256(deriveToken(secret, 'acknowledge', id));
  return {
    id,
    sessionId: session.id,
    rev: session.rev,
    personId,
    tokenHash,
    askedAt: asOf,
    checkAt,
    acknowledgedAt: null,
    acknowledgedBy: null,
    decisionId,
  };
}

/**
 * Whether the instructor has to acknowledge a lesson that is being booked or brought in: the decision, and what they are asked; null
 * where the rules say nothing of it. Writes nothing.
 */
export function askOnBooking(
  ctx: Pick<Context, 'secret' | 'asOf'>,
  session: Assigned,
  { set, paused, ...who }: { set: LoadedSet; paused: readonly string[]; personId: string; students: number },
): { row: Answered['row']; wanted: NewAcknowledgement | null } | null {
  if (!answers(set, 'acknowledgement')) return null;
  const asking = { ...who, seq: 'booking', askedFor: 0, reminders: 0, asOf: ctx.asOf };
  const { row, decision } = answer(set, acknowledgementQuestion(session, asking), paused);
  return { row, wanted: askedFor(ctx, session, who.personId, decision) };
}

/** An instructor is on a session, or it has another time: what was asked before is not waited for, and it is asked anew. */
export async function askAcknowledgement(ctx: Context, tx: Tx, session: SessionRow): Promise<void> {
  await stopWaiting(tx, session.id);
  if (session.status === 'live' || !(await isAnswered(tx, 'acknowledgement', session))) return;
  const participants = await participantsOf(tx, session.id);
  const instructor = participants.find((p) => p.role === 'instructor');
  if (!instructor) return;
  const students = participants.filter((p) => p.role === 'student').length;
  const { personId } = instructor;
  const asking = { personId, students, seq: `assigned:${ctx.asOf.toISOString()}`, askedFor: 0, reminders: 0, asOf: ctx.asOf };
  const asked = askedFor(ctx, session, personId, await decide(tx, acknowledgementQuestion(session, asking)));
  if (asked) await insertAcknowledgement(tx, asked);
}

/** What follows from no word by now: a reminder, a search, or more patience. On the locked session. */
export async function followAcknowledgement(tx: Tx, session: SessionRow, asked: AcknowledgementRow, asOf: Date): Promise<void> {
  const participants = await participantsOf(tx, session.id);
  const isTheirs = participants.some((p) => p.personId === asked.personId && p.role === 'instructor');
  if (!isTheirs || !['booked', 'ready'].includes(session.status)) return setCheck(tx, asked.id, { ...asked, checkAt: null });
  const students = participants.filter((p) => p.role === 'student').length;
  const asking = { personId: asked.personId, students, seq: asOf.toISOString(), askedFor: +asOf - +asked.askedAt, reminders: asked.reminders, asOf };
  const decision = await decide(tx, acknowledgementQuestion(session, asking));
  const { next, again } = decision.outcome;
  const checkAt = (next === 'wait' || next === 'remind') && again != null ? new Date(+asOf + Number(again)) : null;
  await setCheck(tx, asked.id, { checkAt, reminders: asked.reminders + (next === 'remind' ? 1 : 0) });
  if (next === 'remind') await planEvents(tx, session, { event: 'acknowledgement-due', asOf });
  if (next !== 'search') return;
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: 'acknowledgement.missing',
    actor: 'lectern',
    decisionId: decision.id,
    data: { personId: asked.personId, role: 'instructor' },
  });
  await startSearch(tx, session, { cause: 'unacknowledged', decisionId: decision.id, asOf });
}

export interface Acknowledged {
  sessionId: string;
  personId: string;
  acknowledgedAt: Date;
}

async function insertWord(ctx: Context, tx: Tx, session: SessionRow, personId: string): Promise<AcknowledgementRow> {
  const id = newId();
  await insertAcknowledgement(tx, {
    id,
    sessionId: session.id,
    rev: session.rev,
    personId,
    tokenHash: sha256(deriveToken(ctx.secret, 'acknowledge', id)),
    askedAt: ctx.asOf,
    checkAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    decisionId: null,
  });
  return (await acknowledgementOf(tx, session.id, personId))!;
}

/**
 * The instructor knows of the lesson. Nobody is woken: what waited for it finds that nothing is due. A search that began because no
 * word came ends. Safe to repeat. Errors: `illegal-move` when they do not teach it, or it is over.
 */
export function acknowledge(ctx: Context, sessionId: string, { personId, by }: { personId: string; by: 'link' | 'api' }): Promise<Acknowledged> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await lockSession(tx, sessionId);
    const isTheirs = (await participantsOf(tx, sessionId)).some((p) => p.personId === personId && p.role === 'instructor');
    if (!isTheirs) throw new LecternError('illegal-move', `Session ${sessionId} is taught by somebody else.`);
    if (!['booked', 'ready', 'live'].includes(session.status)) throw new LecternError('illegal-move', `Session ${sessionId} is ${session.status}.`);
    const asked = (await acknowledgementOf(tx, sessionId, personId)) ?? (await insertWord(ctx, tx, session, personId));
    if (!(await markAcknowledged(tx, asked.id, by, ctx.asOf))) return { sessionId, personId, acknowledgedAt: asked.acknowledgedAt! };
    await addToTimeline(tx, {
      sessionId,
      rev: session.rev,
      at: ctx.asOf,
      kind: 'assignment.acknowledged',
      actor: ctx.principal.id,
      data: { personId, role: 'instructor' },
    });
    await suppressPlanned(tx, sessionId, 'acknowledged', ctx.asOf, (o) => o.kind !== 'acknowledgement');
    const search = await openSearchOf(tx, sessionId);
    if (search?.cause === 'unacknowledged' && search.instructorId === personId) {
      await endSearch(tx, session, search, { state: 'ended', reason: 'acknowledged', asOf: ctx.asOf });
      await wake(tx, sessionId);
    }
    return { sessionId, personId, acknowledgedAt: ctx.asOf };
  });
}
