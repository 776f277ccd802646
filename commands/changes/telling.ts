import { changesOf, type ChangeRow } from '../../db/changes';
import { refreshNextDue } from '../../db/dispatch';
import { insertObligations, keepForRev, obligationsOf, suppressObligations, type ObligationRow } from '../../db/obligations';
import type { Tx } from '../../db/database';
import type { Ask } from '../../decisions/decide';
import type { PlannedObligation } from '../../domain/plan';
import type { ChangeKind } from '../../domain/vocabulary';
import { holdPlan } from '../held-plan';
import { asRow, owedFor } from '../plan';
import type { Attending, PlanEvent } from '../plan-event';
import { BOOKED_KINDS, matchSession, NOTICE_KINDS, writePlan, type ReplanCause, type Replanned } from '../replan';
import type { ChangeInput } from '../types';
import { KINDS } from '.';
import type { After, Changing } from './kind';

/** What a change makes people be told, and what they are told no more; one answer for a preview and for the change. */
export interface Telling {
  /** The plan of the booking, matched anew: of everybody for a move, of those who come otherwise. */
  plan: { matched: Replanned; cause: ReplanCause } | null;
  notices: { event: PlanEvent; planned: PlannedObligation[]; held: string | null }[];
  takenBack: { row: ObligationRow; reason: string }[];
  /** What is on its way and still true. */
  stands: ObligationRow[];
}

const NOTHING: Telling = { plan: null, notices: [], takenBack: [], stands: [] };
type Owed = Pick<ObligationRow, 'personId' | 'aboutId'>;
const whoseOf = (o: Owed): string => o.aboutId ?? o.personId;
const readerOf = (o: Owed): string => `${o.personId}|${o.aboutId ?? ''}`;
const isOpen = (o: ObligationRow): boolean => ['planned', 'claimed', 'in-doubt'].includes(o.state);
/** What was planned and never begun has told nobody anything. */
const hasTold = (o: ObligationRow): boolean => !['planned', 'suppressed'].includes(o.state);

/** Who is told of it: those who take part, or only those it is about and whoever teaches. */
function attendingOf(kind: ChangeKind, { participants, joins, leaves }: After): Attending[] {
  const teaching = participants.filter((p) => p.role === 'instructor');
  if (kind === 'add') return [...teaching, ...joins];
  if (kind === 'drop') return [...teaching, ...leaves];
  return [...participants, ...leaves.map((p) => ({ personId: p.personId, role: 'former-instructor' as const }))];
}

function noticeOf({ ctx, input }: Changing, after: After): PlanEvent {
  const concerned = [...after.joins, ...after.leaves].filter((p) => p.role === 'student').map((p) => p.personId);
  return {
    event: KINDS[input.kind].event,
    asOf: ctx.asOf,
    attending: attendingOf(input.kind, after),
    ...(concerned.length > 0 && { studentIds: concerned }),
  };
}

/** Changes whose notice, if it is still unsent, this one says anew or makes pointless. */
function overtaken(earlier: ChangeRow[], { input }: Changing, { joins, leaves }: After): ChangeRow[] {
  const event = KINDS[input.kind].event;
  const opposite = input.kind === 'add' ? 'drop' : input.kind === 'drop' ? 'add' : null;
  const [about] = input.kind === 'add' ? joins : leaves;
  const isAbout = (c: ChangeRow): boolean =>
    (c.before.participantIds ?? []).includes(about!.personId) !== (c.after.participantIds ?? []).includes(about!.personId);
  return earlier.filter((c) => (opposite ? c.kind === opposite && isAbout(c) : KINDS[c.kind as ChangeKind].event === event));
}

/** Whether somebody who was told nothing since `first` knows it as it is now: A became B and is A again, or a student came and left. */
const isAsTold = (first: ChangeRow, { participants }: After): boolean =>
  [...(first.before.participantIds ?? [])].sort().join() ===
  participants
    .map((p) => p.personId)
    .sort()
    .join();

/** Who comes from a group that is no more is told so by that one's notice, with all that a confirmation would say. */
function told({ fromSessionId }: ChangeInput, { matched, ...rest }: Replanned): Replanned {
  if (fromSessionId === undefined) return { matched, ...rest };
  const insert = matched.insert.map((p) => (p.kind === 'confirmation' ? { ...p, state: 'suppressed' as const, reason: 'told-of-merger' } : p));
  return { matched: { ...matched, insert }, ...rest };
}

async function tellOfPeopleOrRoom(changing: Changing, after: After, ask: Ask): Promise<Telling> {
  const { ctx, tx, input } = changing;
  const { session, joins, leaves, participants } = after;
  const [rows, earlier] = await Promise.all([obligationsOf(tx, session.id), changesOf(tx, session.id)]);
  const isIn = (list: { personId: string }[], o: Owed): boolean => list.some((p) => p.personId === whoseOf(o));
  const cause: ReplanCause = { reason: 'people-changed', asOf: ctx.asOf, noticeAt: ctx.asOf, participants, concerns: (o) => isIn(joins, o) };
  const plan = joins.length > 0 ? { cause, matched: told(input, await matchSession(tx, session, { ...cause, ask })) } : null;
  const changes = overtaken(earlier, changing, after);
  const isOvertaken = (o: ObligationRow): boolean => NOTICE_KINDS.includes(o.kind) && changes.some((c) => +c.madeAt === +o.anchorAt);
  const planned = rows.filter((o) => o.state === 'planned');
  const takenOff = planned.filter((o) => isIn(leaves, o));
  const superseded = planned.filter((o) => !isIn(leaves, o) && isOvertaken(o));
  const knows = new Set(
    superseded
      .filter((o) =>
        isAsTold(
          changes.find((c) => +c.madeAt === +o.anchorAt)!,
          after,
        ),
      )
      .map(readerOf),
  );
  const kinds = input.kind === 'room' ? ['credential', 'second-room'] : [...BOOKED_KINDS, ...NOTICE_KINDS];
  const informed = new Set(rows.filter((o) => kinds.includes(o.kind) && hasTold(o)).map(readerOf));
  const event = noticeOf(changing, after);
  const owed = await owedFor(tx, session, event, { attending: event.attending!, ask });
  const notices = owed.planned.filter((o) => informed.has(readerOf(o)) && !knows.has(readerOf(o)));
  return {
    plan,
    notices: [{ event, planned: notices, held: owed.held }],
    takenBack: [...takenOff.map((row) => ({ row, reason: 'taken-off' })), ...superseded.map((row) => ({ row, reason: 'superseded' }))],
    stands: rows.filter((o) => isOpen(o) && !takenOff.includes(o) && !superseded.includes(o)),
  };
}

/** Nobody is told of a booking that was never one. */
export async function tellingOf(changing: Changing, after: After, ask: Ask): Promise<Telling> {
  const { ctx, tx, before, input } = changing;
  const { asOf } = ctx;
  if (before.session.status === 'held') return NOTHING;
  if (input.kind === 'cancel') {
    const event: PlanEvent = { event: input.intoSessionId ? 'merged' : 'cancelled', asOf };
    const owed = await owedFor(tx, after.session, event, { attending: after.participants, ask });
    const planned = (await obligationsOf(tx, after.session.id)).filter((o) => o.state === 'planned');
    return { ...NOTHING, notices: [{ event, ...owed }], takenBack: planned.map((row) => ({ row, reason: 'session-cancelled' })) };
  }
  if (input.kind !== 'reschedule') return tellOfPeopleOrRoom(changing, after, ask);
  const cause: ReplanCause = { reason: 'session-moved', asOf, movedFrom: before.session.startsAt };
  return { ...NOTHING, plan: { cause, matched: await matchSession(tx, after.session, { ...cause, ask }) } };
}

/** Writes it: takes back, lays down, and sees to when the session has something to send next. The session is written and locked. */
export async function writeTelling(tx: Tx, { session }: After, { plan, notices, takenBack, stands }: Telling, asOf: Date): Promise<void> {
  const ids = (list: ObligationRow[]): string[] => list.map((o) => o.id);
  for (const reason of new Set(takenBack.map((t) => t.reason))) {
    await suppressObligations(tx, ids(takenBack.filter((t) => t.reason === reason).map((t) => t.row)), reason, asOf);
  }
  await keepForRev(tx, ids(stands), session.rev);
  if (plan) await writePlan(tx, session, plan.matched, plan.cause);
  for (const { event, planned, held } of notices) {
    await insertObligations(tx, planned.map(asRow(session, event)));
    if (held) await holdPlan(tx, session, event, held);
  }
  await refreshNextDue(tx, session.id);
}
