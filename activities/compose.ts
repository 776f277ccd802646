import { incidentOverlaps } from '../db/attendance';
import { draftById, documentsOf } from '../db/documents';
import { changesOf, lastChange, type ChangeRow } from '../db/changes';
import { findHeldStep } from '../db/held-steps';
import { peopleById, notifiedGuardians, type PersonRow } from '../db/people';
import { briefingFor } from '../db/briefing';
import { organisationName } from '../db/organisations';
import { currentCredentials } from '../db/rooms';
import { findSession, participantsOf, type SessionRow } from '../db/sessions';
import { obligationsOf, type ObligationRow } from '../db/obligations';
import type { Tx } from '../db/database';
import { emailFault, phoneFault } from '../commands/contact';
import { BOOKED_KINDS } from '../commands/replan';
import { loadActiveSet } from '../decisions/rule-sets';
import { deriveToken } from '../domain/ids';
import type { ParentUpdateContent } from '../domain/documents';
import { pickTemplate, renderMessage } from '../messages/render';
import type { ActivityDeps } from './deps';

export type Composed =
  { recipient: string; subject: string | null; text: string; html: string | null; zone: string } | { suppress: string } | { unreachable: string };

/** Roles as the reader knows them; a coordinator and a reviewer are staff. */
async function relationOf(tx: Tx, session: SessionRow, o: ObligationRow): Promise<string | null> {
  const participant = (await participantsOf(tx, session.id)).find((p) => p.personId === o.personId);
  if (participant) return participant.role;
  if (!o.aboutId) return 'coordinator';
  const stillGuardian = (await notifiedGuardians(tx, [o.aboutId])).some((g) => g.id === o.personId);
  return stillGuardian ? 'guardian' : null;
}

/** The join link of a participant; a guardian gets the student's. */
async function joinUrlOf(deps: ActivityDeps, tx: Tx, o: ObligationRow): Promise<string | null> {
  const credential = (await currentCredentials(tx, o.sessionId)).find((c) => c.personId === (o.aboutId ?? o.personId));
  return credential ? `${deps.publicUrl}/j/${deriveToken(deps.secret, 'join', credential.id)}` : null;
}

/** A student without any address is told through a guardian who has one. */
async function isToldThroughGuardian(tx: Tx, student: PersonRow): Promise<boolean> {
  if (student.email || student.phone) return false;
  return (await notifiedGuardians(tx, [student.id])).some((g) => g.email ?? g.phone);
}

async function updateOf(tx: Tx, o: ObligationRow): Promise<ParentUpdateContent | null> {
  if (o.kind !== 'update') return null;
  const document = (await documentsOf(tx, o.sessionId)).find((d) => d.kind === 'parent-update');
  const draft = document?.approvedDraftId ? await draftById(tx, document.approvedDraftId) : undefined;
  return (draft?.content ?? null) as ParentUpdateContent | null;
}

/**
 * What a message of an earlier rev would say is no longer so: a sending that was under way during a change, and failed, is planned
 * again. What a change keeps has the new rev.
 */
function outdated(session: SessionRow, o: ObligationRow): string | null {
  if (o.rev >= session.rev || !BOOKED_KINDS.includes(o.kind)) return null;
  return session.status === 'cancelled' ? 'session-cancelled' : 'session-moved';
}

const TELLING = [...BOOKED_KINDS, 'change'];

/** The time that a notice of change takes back: the one this person was last told, however many moves came since. */
async function takenBack(tx: Tx, o: ObligationRow, changes: ChangeRow[]): Promise<ChangeRow['before'] | undefined> {
  const told = (await obligationsOf(tx, o.sessionId)).filter(
    (p) => TELLING.includes(p.kind) && p.personId === o.personId && p.aboutId === o.aboutId && ['delivered', 'failed-over'].includes(p.state),
  );
  const since = Math.max(0, ...told.map((p) => p.rev));
  return changes.find((c) => c.rev > since)?.before;
}

/**
 * Writes the message that an obligation owes, with what is true at the moment of sending: the recipient's right to be told, the
 * address, the zone, the join link. Never guesses: what cannot be written is said to be so.
 */
export async function composeMessage(deps: ActivityDeps, tx: Tx, o: ObligationRow): Promise<Composed> {
  const session = (await findSession(tx, o.sessionId))!;
  const old = outdated(session, o);
  if (old) return { suppress: old };
  const [person] = await peopleById(tx, [o.personId]);
  if (!person?.active) return { suppress: 'person-inactive' };
  const role = await relationOf(tx, session, o);
  if (role === null) return { suppress: 'no-longer-entitled' };
  if (role === 'student' && (await isToldThroughGuardian(tx, person))) return { suppress: 'told-through-guardian' };
  const recipient = o.channel === 'email' ? person.email : person.phone;
  if (!recipient) return { unreachable: `no ${o.channel === 'email' ? 'e-mail address' : 'phone number'}` };
  const fault = o.channel === 'email' ? emailFault(recipient) : phoneFault(recipient);
  if (fault) return { unreachable: `the ${o.channel === 'email' ? 'e-mail address' : 'phone number'} ${fault}` };
  const before = o.kind === 'change' ? await takenBack(tx, o, await changesOf(tx, session.id)) : undefined;
  if (before && session.status !== 'cancelled' && +new Date(before.startsAt) === +session.startsAt && +new Date(before.endsAt) === +session.endsAt)
    return { suppress: 'moved-back-before-told' };
  const joinUrl = await joinUrlOf(deps, tx, o);
  if (o.kind === 'credential' && !joinUrl) return { unreachable: 'no credential has been issued' };
  const update = await updateOf(tx, o);
  if (o.kind === 'update' && !update) return { suppress: 'no-approved-update' };
  const facts = {
    ...(await commonFacts(deps, tx, { session, person, role, o, joinUrl, before })),
    update: update && { subject: update.subject, paragraphs: update.paragraphs, notice: update.notice ?? '' },
  };
  const { messages } = await loadActiveSet(tx);
  const rendered = renderMessage(pickTemplate(messages, o.template, person.locale), facts, { locale: person.locale, zone: person.zone });
  const isMail = o.channel === 'email';
  return {
    recipient,
    subject: isMail ? rendered.subject : null,
    text: isMail ? rendered.text : (rendered.sms ?? rendered.text),
    html: isMail ? rendered.html : null,
    zone: person.zone,
  };
}

interface Known {
  session: SessionRow;
  person: PersonRow;
  role: string;
  o: ObligationRow;
  joinUrl: string | null;
  before: ChangeRow['before'] | undefined;
}

async function commonFacts(deps: ActivityDeps, tx: Tx, { session, person, role, o, joinUrl, before }: Known): Promise<Record<string, unknown>> {
  const participants = await participantsOf(tx, session.id);
  const people = new Map(
    (
      await peopleById(
        tx,
        participants.map((p) => p.personId),
      )
    ).map((p) => [p.id, p]),
  );
  const named = (wanted: 'student' | 'instructor'): string[] =>
    participants.filter((p) => p.role === wanted).map((p) => people.get(p.personId)!.givenName);
  const about = o.aboutId ? people.get(o.aboutId) : undefined;
  const moved = await lastChange(tx, session.id);
  const step = o.heldStepId ? await findHeldStep(tx, o.heldStepId) : undefined;
  return {
    organisation: { name: await organisationName(tx) },
    person: { givenName: person.givenName, name: person.name, role },
    about: about && { givenName: about.givenName, name: about.name },
    session: {
      title: session.title,
      subject: session.subject ?? '',
      programme: session.programme ?? '',
      startsAt: +session.startsAt,
      endsAt: +session.endsAt,
      url: `${deps.publicUrl}/#/sessions/${session.id}`,
      joinUrl: joinUrl ?? '',
      instructorName: named('instructor')[0] ?? '',
      // A family reads its own child's name only; other families' children are not its business.
      studentNames: (role === 'instructor' || role === 'coordinator' ? named('student') : [about?.givenName ?? person.givenName]).join(', '),
      reason: session.cancelReason ?? '',
      incident: await incidentOverlaps(tx, session.id, session.startsAt, session.endsAt),
    },
    briefing: o.kind === 'briefing' ? { text: await briefingFor(tx, session) } : undefined,
    change: moved && { kind: moved.kind, reason: moved.reason ?? '', previousStartsAt: +new Date((before ?? moved.before).startsAt) },
    review: step && {
      url: `${deps.publicUrl}/#/held-steps/${step.id}`,
      deadlineAt: step.deadlineAt ? +step.deadlineAt : +session.endsAt,
      reason: step.reason,
    },
  };
}
