import type { Principal } from '../commands/context';
import type { ListedHeldStep } from '../db/read/held-steps';
import { insteadOf } from '../commands/changes/refuse';
import { whyNotSearch } from '../commands/substitutes/start';
import { CHANGEABLE, type SessionStatus } from '../domain/status';
import { CHANGE_KINDS, type OfferState, type WaitlistState } from '../domain/vocabulary';
import { hasRole } from './auth/authenticate';

export interface AllowedAction {
  action: string;
  allowed: boolean;
  whyNot: string | null;
}

export const action = (name: string, whyNot: string | null): AllowedAction => ({ action: name, allowed: whyNot === null, whyNot });

/** What can be done with a session at all; whether it is allowed now, and at what price, is the policy's to say (preview tells). */
export function sessionActions(
  session: { id: string; status: SessionStatus; startsAt: Date; endsAt: Date; closedAt: Date | null },
  now: Date,
): AllowedAction[] {
  const { status } = session;
  const over = CHANGEABLE.includes(status) ? null : `The session is ${status}.`;
  return [
    ...CHANGE_KINDS.map((kind) => action(kind, over ?? insteadOf(kind, status))),
    action('open-incident', ['booked', 'ready', 'live'].includes(status) ? null : `The session is ${status}.`),
    action('correct', ['settled', 'cancelled'].includes(status) && session.closedAt ? null : 'The session is not closed.'),
    action('substitute-search', whyNotSearch(session, now)),
    action('upload-transcript', transcriptFault(status) ?? (session.startsAt > now ? 'The lesson has not begun.' : null)),
  ];
}

export const closureActions = ({ state }: { state: string }): AllowedAction[] => [
  action('edit', state === 'active' ? null : 'It was removed.'),
  action('remove', state === 'active' ? null : 'It was removed already.'),
  action('restore', null),
];

/** Whether a lesson of it may be changed, and at what price, a preview tells. */
export const seriesActions = ({ state }: { state: string }): AllowedAction[] => [
  action('change', state === 'active' ? null : 'The series has ended.'),
];

const transcriptFault = (status: SessionStatus): string | null =>
  ['booked', 'ready', 'live', 'documenting', 'settled'].includes(status) ? null : `The session is ${status}.`;

/** An action for each option of the step. Reading a step needs the right to decide it, so only its state stands in the way. */
export function heldStepActions(step: ListedHeldStep, principal: Principal): AllowedAction[] {
  const over = whyNotDecide(step, principal, null);
  const isTheirs = step.claimedBy !== null && step.claimedBy !== principal.id;
  const had = isTheirs ? `${step.claimedByName} has it since ${step.claimedAt?.toISOString()}; take it over with takeOver.` : null;
  return [
    ...step.options.map((option) => action(option, whyNotDecide(step, principal, option))),
    action('claim', over ?? had ?? (step.claimedBy ? 'You have it.' : null)),
    action('release', over ?? (step.claimedBy ? null : 'Nobody has it.')),
    action('comment', over),
    action('contact', over),
    action('snooze', over),
    action('unsnooze', over ?? (step.snoozedAt ? null : 'It does not rest.')),
  ];
}

function whyNotDecide(step: ListedHeldStep, principal: Principal, option: string | null): string | null {
  if (step.state === 'withdrawn') return 'It was withdrawn because the session changed.';
  if (step.state !== 'open')
    return `It was already decided by ${step.chosenByName ?? 'Lectern'} at ${step.chosenAt?.toISOString() ?? 'an unknown time'}.`;
  const isOwn = step.draftAuthorId !== null && step.draftAuthorId === principal.id;
  if (!step.selfApproval && option === 'approve' && isOwn) return 'Another person has to approve what you wrote.';
  return null;
}

export function incidentActions(incident: { closedAt: Date | null }, principal: Principal): AllowedAction[] {
  const isStaff = hasRole(principal, 'admin') || hasRole(principal, 'coordinator');
  return [action('close', incident.closedAt ? `It was closed at ${incident.closedAt.toISOString()}.` : isStaff ? null : 'Ask a coordinator.')];
}

/** Terms are kept by those who keep the organisation's calendar. */
export const termActions = (principal: Principal): AllowedAction[] => [
  action('edit', hasRole(principal, 'admin', 'coordinator') ? null : 'Ask a coordinator.'),
];

/** How an offer can be answered; one that has ended, or whose time is over, cannot. */
export function offerActions(offer: { state: OfferState; expiresAt: Date }, now: Date): AllowedAction[] {
  const whyNot = offer.state !== 'open' ? `The offer is ${offer.state}.` : offer.expiresAt <= now ? 'The offer has expired.' : null;
  return [action('accept', whyNot), action('decline', whyNot)];
}

/** How somebody who waits for a place can go on. */
export function waitlistActions({ state, expiresAt }: { state: WaitlistState; expiresAt: Date | null }, now: Date): AllowedAction[] {
  const isOpen = state === 'waiting' || state === 'offered';
  const isOver = expiresAt !== null && expiresAt <= now;
  const whyNot =
    state === 'waiting' ? 'No place is offered.' : state !== 'offered' ? `The entry is ${state}.` : isOver ? 'The offer has expired.' : null;
  return [action('accept', whyNot), action('decline', whyNot), action('leave', isOpen ? null : `The entry is ${state}.`)];
}

export const searchActions = (search: { state: string }): AllowedAction[] => [
  action('stop', search.state === 'open' ? null : `The search is over (${search.state}).`),
];

export function personActions(kind: string, principal: Principal): AllowedAction[] {
  return [action('edit', whyNotWritePerson(kind, principal))];
}

/** Services keep students, instructors and guardians; coordinators everybody but admins; admins everybody. */
export function whyNotWritePerson(kind: string, principal: Principal): string | null {
  if (hasRole(principal, 'admin')) return null;
  if (hasRole(principal, 'coordinator')) return kind === 'admin' ? 'Only an admin may.' : null;
  if (hasRole(principal, 'integrator')) return kind === 'admin' || kind === 'coordinator' ? 'Only an admin may.' : null;
  return 'Ask a coordinator.';
}
