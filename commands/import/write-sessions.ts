import { insertAcknowledgements, type NewAcknowledgement } from '../../db/acknowledgements';
import { insertSessions, type ImportedSessions } from '../../db/import/sessions';
import type { CoordinatorRow, PersonRow } from '../../db/people';
import type { NewSession } from '../../db/bookings';
import type { Tx } from '../../db/database';
import { wallTimeOf } from '../../domain/time';
import type { LoadedSet } from '../../decisions/rule-sets';
import { expiryOf } from '../admission';
import { holdBooking } from '../hold-booking';
import { holdPlan } from '../held-plan';
import { planBooking } from '../plan';
import { hushed } from '../quiet';
import { askOnBooking } from '../substitutes/acknowledge';
import type { Context } from '../context';
import { batches } from './batches';
import type { ImportedSession } from './sessions';

const EACH = 500;
interface Ground {
  set: LoadedSet;
  guardiansOf: ReadonlyMap<string, (PersonRow & { studentId: string })[]>;
  coordinators: CoordinatorRow[];
  /** Decision points whose policy is paused. */
  paused: readonly string[];
  quiet: boolean;
}

interface Written extends ImportedSessions {
  held: { session: NewSession; decisionId: string }[];
  heldPlans: { session: NewSession; decisionId: string }[];
  acknowledgements: NewAcknowledgement[];
}

function lay(ctx: Context, s: ImportedSession, { set, guardiansOf, coordinators, paused, quiet }: Ground, into: Written): void {
  const { asked, terms, preparation, admission, prepared, students, instructor } = s;
  const status = admission.decision.outcome.verdict === 'book' ? 'booked' : 'held';
  const session: NewSession = {
    ...asked,
    ...terms,
    ...preparation,
    status,
    title: s.title,
    agreedWallTime: wallTimeOf(+asked.startsAt, asked.anchorZone),
    bookedSetId: set.id,
    bookedAt: ctx.asOf,
    expiresAt: status === 'held' ? expiryOf(admission.decision, asked.startsAt, ctx.asOf) : null,
    externalId: s.externalId,
    capacity: s.capacity,
    createdBy: ctx.principal.id,
    nextDueAt: null,
    withoutSlot: false,
  };
  const { id: sessionId, startsAt, endsAt } = asked;
  const attending = [...students.map((p) => ({ p, role: 'student' as const })), { p: instructor, role: 'instructor' as const }];
  const place = { sessionId, startsAt, endsAt, bufferMinutes: preparation.bufferMinutes };
  into.participants.push(...attending.map(({ p, role }) => ({ ...place, personId: p.id, personKey: p.key, role })));
  into.decisions.push(admission.row, prepared.row);
  if (status === 'booked') {
    const audience = { people: attending.map(({ p }) => p), guardians: students.flatMap((p) => guardiansOf.get(p.id) ?? []), coordinators, paused };
    const loud = planBooking(
      set,
      { ...session, rev: 1 },
      attending.map(({ p, role }) => ({ personId: p.id, role })),
      audience,
    );
    const plan = quiet ? hushed(loud, ctx.asOf) : loud;
    session.nextDueAt = plan.nextDueAt;
    into.decisions.push(plan.decision);
    into.obligations.push(...plan.obligations);
    // Also of a lesson brought in quietly: without a word a substitute is searched, so the word is asked for.
    const word = askOnBooking(ctx, { ...session, rev: 1 }, { set, paused, personId: instructor.id, students: students.length });
    if (word) into.decisions.push(word.row);
    if (word?.wanted) into.acknowledgements.push(word.wanted);
    if (plan.decision.rule === 'onMissing') into.heldPlans.push({ session, decisionId: plan.decision.id });
  } else into.held.push({ session, decisionId: admission.decision.id });
  into.sessions.push(session);
  const kind = status === 'booked' ? 'session.booked' : 'session.held';
  const data = { students: students.length, imported: true };
  into.timeline.push({ sessionId, rev: 1, at: ctx.asOf, kind, actor: ctx.principal.id, decisionId: admission.decision.id, data });
}

/** Writes checked lessons, some hundred at a time; gives how many the rules hold for a coordinator. */
export async function writeSessions(
  ctx: Context,
  tx: Tx,
  sessions: readonly ImportedSession[],
  { progress, ...ground }: Ground & { progress: (done: number) => void },
): Promise<number> {
  let held = 0;
  let done = 0;
  for (const batch of batches(sessions, EACH)) {
    const into: Written = {
      sessions: [],
      participants: [],
      decisions: [],
      timeline: [],
      obligations: [],
      held: [],
      heldPlans: [],
      acknowledgements: [],
    };
    for (const s of batch) lay(ctx, s, ground, into);
    await insertSessions(tx, into);
    if (into.acknowledgements.length > 0) await insertAcknowledgements(tx, into.acknowledgements);
    for (const { session, decisionId } of into.held) await holdBooking(tx, { ...session, rev: 1 }, { decisionId, asOf: ctx.asOf });
    for (const { session, decisionId } of into.heldPlans) await holdPlan(tx, { ...session, rev: 1 }, { event: 'booked', asOf: ctx.asOf }, decisionId);
    held += into.held.length;
    // The statements of a batch are done before the next is put together: it would all stand in memory otherwise.
    await tx.raw('SELECT 1');
    progress((done += batch.length));
  }
  return held;
}
