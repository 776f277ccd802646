import { expirePlaces, offerPlaces, openEntriesOf, takeBackPlaces, withSiblingOn, type WaitlistRow } from '../../db/waitlist';
import { obligationsOf, suppressObligations } from '../../db/obligations';
import { participantsOf, type SessionRow } from '../../db/sessions';
import { addToTimeline } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { decide, isAnswered, type Decision } from '../../decisions/decide';
import { isStillToCome } from '../groups/ask-again';
import { planBeside } from '../plan';
import { closeWaitlist } from './close';

/** What has been said to nobody yet of offers that have ended is said no more. */
async function takeBackUnsent(tx: Tx, sessionId: string, ended: readonly WaitlistRow[], asOf: Date): Promise<void> {
  if (ended.length === 0) return;
  const isOf = (e: WaitlistRow, o: { personId: string; aboutId: string | null; anchorAt: Date }): boolean =>
    (o.aboutId ?? o.personId) === e.personId && +o.anchorAt === +e.offeredAt!;
  const unsent = (await obligationsOf(tx, sessionId)).filter((o) => o.kind === 'place' && o.state === 'planned' && ended.some((e) => isOf(e, o)));
  await suppressObligations(
    tx,
    unsent.map((o) => o.id),
    'offer-ended',
    asOf,
  );
}

async function tell(tx: Tx, session: SessionRow, kind: string, entries: readonly WaitlistRow[], asOf: Date): Promise<void> {
  await addToTimeline(
    tx,
    entries.map((e) => ({
      sessionId: session.id,
      rev: session.rev,
      at: asOf,
      kind,
      actor: 'lectern',
      decisionId: e.decisionId,
      data: { personId: e.personId, ...(e.expiresAt && { expiresAt: e.expiresAt.toISOString() }) },
    })),
  );
}

/** Who has an offer waits again: the lesson has another time, or the last place is taken. Told by nobody; the page behind the link says it. */
export async function takeBackOffers(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  await takeBackUnsent(tx, session.id, await takeBackPlaces(tx, session.id), asOf);
}

const askWhom = (
  tx: Tx,
  session: SessionRow,
  counts: { free: number; waiting: number; standing: number; students: number },
  asOf: Date,
): Promise<Decision> =>
  decide(tx, {
    point: 'waitlist',
    sessionId: session.id,
    subject: session.id,
    rev: session.rev,
    seq: `${asOf.toISOString()}:${counts.waiting}:${counts.standing}`,
    facts: { notice: +session.startsAt - +asOf, isTrial: session.isTrial, ...counts },
    labels: session,
    bookedSetId: null,
    asOf,
  });

async function offer(
  tx: Tx,
  session: SessionRow,
  { waiting, n, decision }: { waiting: WaitlistRow[]; n: number; decision: Decision },
  asOf: Date,
): Promise<void> {
  const ids = waiting.map((e) => e.personId);
  const first = decision.outcome.order === 'siblings-first' ? await withSiblingOn(tx, session.id, ids) : new Set<string>();
  const inOrder = [...waiting.filter((e) => first.has(e.personId)), ...waiting.filter((e) => !first.has(e.personId))];
  const until = new Date(Math.min(+asOf + Number(decision.outcome.stand), +session.startsAt));
  const chosen = inOrder.slice(0, n).map((e) => e.id);
  const offered = await offerPlaces(tx, chosen, { at: asOf, until, decisionId: decision.id });
  await tell(tx, session, 'place.offered', offered, asOf);
  const attending = offered.map((e) => ({ personId: e.personId, role: 'student' as const }));
  await planBeside(tx, session, { event: 'place-offered', asOf, attending });
}

/**
 * What is to be done for those who wait, on the locked session: the list ends with the start, offers whose time is over end, and places that
 * are free are offered as the rules say. Safe to repeat: it reads what is there.
 */
export async function followWaitlist(tx: Tx, session: SessionRow, asOf: Date): Promise<void> {
  if (!isStillToCome(session) || session.startsAt <= asOf) return closeWaitlist(tx, session, asOf);
  const expired = await expirePlaces(tx, session.id, asOf);
  await takeBackUnsent(tx, session.id, expired, asOf);
  await tell(tx, session, 'place.offer-expired', expired, asOf);
  const open = await openEntriesOf(tx, session.id);
  const waiting = open.filter((e) => e.state === 'waiting');
  const standing = open.length - waiting.length;
  const students = (await participantsOf(tx, session.id)).filter((p) => p.role === 'student').length;
  // With no limit any more there is a place for each.
  const free = session.capacity === null ? open.length : session.capacity - students;
  if (waiting.length === 0 || free <= 0 || !(await isAnswered(tx, 'waitlist', session))) return;
  const decision = await askWhom(tx, session, { free, waiting: waiting.length, standing, students }, asOf);
  const n = Number(decision.outcome.offers ?? 0) - standing;
  if (decision.outcome.next === 'offer' && n > 0) await offer(tx, session, { waiting, n, decision }, asOf);
}
