import { TOLD_TOGETHER } from '../commands/batches/tell';
import { emailFault, phoneFault } from '../commands/contact';
import { BOOKED_KINDS, NOTICE_KINDS } from '../commands/replan';
import type { ChangeRow } from '../db/changes';
import { acknowledgementOf } from '../db/acknowledgements';
import { optOutOf } from '../db/opt-outs';
import { offerTo } from '../db/offers';
import { obligationsOf, type ObligationRow } from '../db/obligations';
import { notifiedGuardians, peopleById, type PersonRow } from '../db/people';
import type { SessionRow } from '../db/sessions';
import { entryOf } from '../db/waitlist';
import type { Tx } from '../db/database';
import { localeIn, pickTemplate, renderMessage } from '../messages/render';
import type { ActivityDeps } from './deps';
import type { Known } from './known';
import { changeOf, factsFor, joinUrlOf, updateOf, type Reader } from './message-facts';

export type Composed =
  { recipient: string; subject: string | null; text: string; html: string | null; zone: string } | { suppress: string } | { unreachable: string };
/** Of whoever has opted out, nothing is tried on that channel. */
export const OPTED_OUT = 'the recipient has opted out of text messages';
type NotSent = Extract<Composed, { suppress: string } | { unreachable: string }>;

/** Roles as the reader knows them; a coordinator and a reviewer are staff. Null: somebody who is to be told no longer. */
function relationOf({ participants, formers, guardians }: Known, o: ObligationRow): string | null {
  const participant = participants.find((p) => p.personId === o.personId);
  if (participant) return participant.role;
  if (o.kind === 'place' && !o.aboutId) return 'student';
  if (o.kind === 'offer' || o.step === 'covered') return 'substitute';
  const isOn = participants.some((p) => p.personId === o.aboutId);
  const former = formers.find((p) => p.personId === (o.aboutId ?? o.personId));
  // Whoever was taken off is told so, and nothing besides.
  if (former && !isOn && o.kind !== 'change') return null;
  if (former && !o.aboutId) return former.role;
  if (!o.aboutId) return 'coordinator';
  return guardians.some((g) => g.id === o.personId && g.studentId === o.aboutId) ? 'guardian' : null;
}

/** A student without any address is told through a guardian who has one; of a place that is offered always, because a guardian answers for the child. */
const isToldThroughGuardian = ({ guardians }: Known, student: PersonRow, o: ObligationRow): boolean =>
  (o.kind === 'place' || (!student.email && !student.phone)) && guardians.some((g) => g.studentId === student.id && (g.email ?? g.phone));

/**
 * What a message of an earlier rev would say is no longer so: a sending that was under way during a change, and failed, is planned
 * again. What a change keeps has the new rev.
 */
function outdated(session: SessionRow, o: ObligationRow): string | null {
  if (o.rev >= session.rev || !BOOKED_KINDS.includes(o.kind)) return null;
  return session.status === 'cancelled' ? 'session-cancelled' : 'session-moved';
}

/** A notice that was left to a batch's is told by that. */
const hasTold = ({ state, reason }: ObligationRow): boolean =>
  ['delivered', 'failed-over'].includes(state) || (reason?.startsWith(TOLD_TOGETHER) ?? false);

const TELLING = [...BOOKED_KINDS, ...NOTICE_KINDS];

/** The time that a notice of change takes back: the one this person was last told, however many moves came since. */
async function takenBack(tx: Tx, o: ObligationRow, changes: ChangeRow[]): Promise<ChangeRow['before'] | undefined> {
  if (o.kind !== 'change' || o.batchId !== null) return undefined;
  // With one change there is one time that anybody can have been told.
  if (changes.length === 1) return changes[0]!.before;
  const told = (await obligationsOf(tx, o.sessionId)).filter(
    (p) => TELLING.includes(p.kind) && p.personId === o.personId && p.aboutId === o.aboutId && hasTold(p),
  );
  const since = Math.max(0, ...told.map((p) => p.rev));
  return changes.find((c) => c.rev > since)?.before;
}

const isAsBefore = (session: SessionRow, before: ChangeRow['before']): boolean =>
  session.status !== 'cancelled' && +new Date(before.startsAt) === +session.startsAt && +new Date(before.endsAt) === +session.endsAt;

/** Where the message goes; an address that one of our own checks would refuse is none. */
function addressOf(person: PersonRow, channel: ObligationRow['channel']): { recipient: string } | { unreachable: string } {
  const [address, what, check] = channel === 'email' ? [person.email, 'e-mail address', emailFault] : [person.phone, 'phone number', phoneFault];
  if (!address) return { unreachable: `no ${what}` };
  const fault = check(address);
  return fault ? { unreachable: `the ${what} ${fault}` } : { recipient: address };
}

/** What was offered and is not open any more is not announced. */
async function stillStands(tx: Tx, o: ObligationRow): Promise<boolean> {
  const offer = await offerTo(tx, o.sessionId, o.personId);
  return offer?.state === 'open' && +offer.offeredAt === +o.anchorAt;
}

/** Those who wait for a place do not take part: they, and who may be told of them, are known for their own messages only. */
async function withWaiting(tx: Tx, known: Known, o: ObligationRow): Promise<Known> {
  if (o.kind !== 'place') return known;
  const studentId = o.aboutId ?? o.personId;
  const [people, guardians] = await Promise.all([peopleById(tx, [studentId]), notifiedGuardians(tx, [studentId])]);
  const all = [...people, ...guardians].map((p) => [p.id, p] as const);
  return { ...known, people: new Map([...known.people, ...all]), guardians: [...known.guardians, ...guardians] };
}

/** An offer of a place that has ended meanwhile is not announced; that the list is closed is. */
async function isPlaceGone(tx: Tx, o: ObligationRow): Promise<boolean> {
  if (o.kind !== 'place' || o.step !== 'offered') return false;
  const entry = await entryOf(tx, o.sessionId, o.aboutId ?? o.personId);
  return entry?.state !== 'offered' || +entry.offeredAt! !== +o.anchorAt;
}

async function readerOf(deps: ActivityDeps, tx: Tx, known: Known, o: ObligationRow): Promise<(Reader & { recipient: string }) | NotSent> {
  const old = outdated(known.session, o);
  if (old) return { suppress: old };
  if (o.kind === 'offer' && !(await stillStands(tx, o))) return { suppress: 'offer-ended' };
  if (await isPlaceGone(tx, o)) return { suppress: 'offer-ended' };
  if (o.kind === 'acknowledgement' && !(await acknowledgementOf(tx, o.sessionId, o.personId))?.checkAt) return { suppress: 'acknowledged' };
  const person = known.people.get(o.personId) ?? (await peopleById(tx, [o.personId]))[0];
  if (!person?.active) return { suppress: 'person-inactive' };
  const role = relationOf(known, o);
  if (role === null) return { suppress: 'no-longer-entitled' };
  if (role === 'student' && isToldThroughGuardian(known, person, o)) return { suppress: 'told-through-guardian' };
  const address = addressOf(person, o.channel);
  if ('unreachable' in address) return address;
  if (o.channel === 'sms' && (await optOutOf(tx, 'sms', address.recipient))) return { unreachable: OPTED_OUT };
  const before = await takenBack(tx, o, known.changes);
  if (before && changeOf(known.changes, o)?.kind === 'reschedule' && isAsBefore(known.session, before)) return { suppress: 'moved-back-before-told' };
  const joinUrl = joinUrlOf(deps, known, o);
  if (['credential', 'second-room'].includes(o.kind) && !joinUrl) return { unreachable: 'no credential has been issued' };
  const update = await updateOf(tx, o, person, known.organisation.locale);
  if (o.kind === 'update' && !update) return { suppress: 'no-approved-update' };
  return { ...address, person, role, joinUrl, update, before };
}

/**
 * Writes the message that an obligation owes, with what is true at the moment of sending: the recipient's right to be told, the
 * address, the zone, the join link. Never guesses: what cannot be written is said to be so.
 */
export async function composeMessage(deps: ActivityDeps, tx: Tx, shared: Known, o: ObligationRow): Promise<Composed> {
  const known = await withWaiting(tx, shared, o);
  const reader = await readerOf(deps, tx, known, o);
  if (!('recipient' in reader)) return reader;
  const { locale, zone } = reader.person;
  const template = pickTemplate(known.messages, o.template, locale, known.organisation.locale);
  const rendered = renderMessage(template, await factsFor(deps, tx, known, o, reader), { locale: localeIn(template, locale), zone });
  const isMail = o.channel === 'email';
  return {
    recipient: reader.recipient,
    subject: isMail ? rendered.subject : null,
    text: isMail ? rendered.text : (rendered.sms ?? rendered.text),
    html: isMail ? rendered.html : null,
    zone,
  };
}
