import { changesOfBatch, markOfBatch, type BatchRow } from '../../db/batches';
import type { SideOfChange } from '../../db/changes';
import { refreshNextDue } from '../../db/dispatch';
import { insertObligations, type NewObligation } from '../../db/obligations';
import { formersOf } from '../../db/participants';
import { lockSession, participantsOf, type SessionRow } from '../../db/sessions';
import { wake } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { decide } from '../../decisions/decide';
import { planObligations, type PlanRecipient } from '../../domain/plan';
import { holdPlan } from '../held-plan';
import { asRow, audienceOf, instantsOf, recipientsOf, stepsFor, type Audience } from '../plan';
import type { Attending, PlanEvent } from '../plan-event';
import type { Context } from '../context';
import { sharingAnAddress, type Reader } from './readers';

/** Why a single session's notice of a change is not sent: the batch's is, and it names that session too. */
export const TOLD_TOGETHER = 'told-together';
/** Why somebody's copy is not sent: whoever shares their address is told of all the same. */
export const TOLD_AT_SAME_ADDRESS = 'told-at-same-address';

/** A session that a batch has changed, and who is told of it: whoever was on it before. */
interface Told {
  session: SessionRow;
  attending: Attending[];
  audience: Audience;
  recipients: PlanRecipient[];
}

/** A guardian of two children on one session reads of both in one message. */
const oncePerPerson = (list: PlanRecipient[]): PlanRecipient[] => list.filter((r, i) => list.findIndex((q) => q.personId === r.personId) === i);

/** Who was on a session before it was changed, by what they are to it now. Who came onto it is told by what a booking owes them. */
async function attendingBefore(tx: Tx, { id }: SessionRow, { participantIds = [] }: SideOfChange): Promise<Attending[]> {
  const now = await participantsOf(tx, id);
  const left = (await formersOf(tx, id)).filter((f, i, all) => ![...now, ...all.slice(0, i)].some((p) => p.personId === f.personId));
  const former = left.map((f): Attending => ({ personId: f.personId, role: f.role === 'instructor' ? 'former-instructor' : f.role }));
  return [...now, ...former].filter((p) => participantIds.includes(p.personId));
}

/** The sessions of a batch by their start, locked in one order. A booking that was never confirmed was never told of either. */
async function toldBy(tx: Tx, batch: BatchRow, event: PlanEvent): Promise<Told[]> {
  const earliest = new Map<string, SideOfChange>();
  for (const { sessionId, before } of await changesOfBatch(tx, batch.id))
    if (before.status !== 'held' && !earliest.has(sessionId)) earliest.set(sessionId, before);
  const told: Told[] = [];
  for (const [id, before] of earliest) {
    const session = await lockSession(tx, id);
    const attending = await attendingBefore(tx, session, before);
    const audience = await audienceOf(tx, attending);
    const recipients = oncePerPerson(recipientsOf(audience, attending, event).filter((r) => r.role !== 'coordinator'));
    told.push({ session, attending, audience, recipients });
  }
  return told.sort((a, b) => +a.session.startsAt - +b.session.startsAt || (a.session.id < b.session.id ? -1 : 1));
}

function readersOf(told: readonly Told[]): Map<string, Reader> {
  const readers = new Map<string, Reader>();
  for (const { session, audience, recipients } of told) {
    const people = new Map([...audience.people, ...audience.guardians].map((p) => [p.id, p]));
    for (const { personId } of recipients) {
      const reader = readers.get(personId) ?? { person: people.get(personId)!, sessionIds: new Set() };
      reader.sessionIds.add(session.id);
      readers.set(personId, reader);
    }
  }
  return readers;
}

/** What is owed on each session: to each of its people who has not been told on an earlier one. */
async function owed(tx: Tx, told: readonly Told[], event: PlanEvent): Promise<{ session: SessionRow; rows: NewObligation[] }[]> {
  const known = new Set<string>();
  const owed: { session: SessionRow; rows: NewObligation[] }[] = [];
  for (const { session, attending, recipients } of told) {
    const fresh = recipients.filter((r) => !known.has(r.personId));
    if (fresh.length === 0) continue;
    for (const r of fresh) known.add(r.personId);
    const { steps, held } = await stepsFor(tx, session, attending, event, decide);
    if (held) await holdPlan(tx, session, event, held);
    const planned = planObligations({ steps, instants: instantsOf(session, event), recipients: fresh, asOf: +event.asOf });
    owed.push({ session, rows: planned.map(asRow(session, event)) });
  }
  return owed;
}

/**
 * Lays down one notice a person, and one copy an address, for all that a batch has changed for them and theirs, on the first of their
 * sessions: who sends it is that session's workflow, and what it says is read from the batch.
 */
export async function tellTogether(ctx: Context, tx: Tx, batch: BatchRow): Promise<void> {
  const event = { event: 'changed-together', asOf: ctx.asOf } as const;
  const told = await toldBy(tx, batch, event);
  const list = await owed(tx, told, event);
  const channels = new Map(list.flatMap(({ rows }) => rows.map((r) => [r.personId, r.channel] as const)));
  const sharing = sharingAnAddress([...readersOf(told).values()], (id) => channels.get(id));
  const once = (o: NewObligation): NewObligation =>
    o.state === 'planned' && sharing.has(o.personId) ? { ...o, state: 'suppressed', reason: TOLD_AT_SAME_ADDRESS, endedAt: ctx.asOf } : o;
  for (const { session, rows } of list) {
    await insertObligations(tx, rows.map(once));
    await markOfBatch(
      tx,
      batch.id,
      rows.map((r) => r.id),
    );
    await refreshNextDue(tx, session.id);
    await wake(tx, session.id);
  }
}
