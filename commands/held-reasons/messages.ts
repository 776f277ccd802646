import type { Tx } from '../../db/database';
import type { PlanEvent } from '../plan-event';
import { becauseOf, lesson, person, sentences, type Lesson } from './words';

export const HAPPENED: Record<PlanEvent['event'], string> = {
  automation: 'an automation tells of it',
  booked: 'it is booked',
  cancelled: 'it is cancelled',
  rescheduled: 'it has moved',
  reassigned: 'another instructor teaches it',
  added: 'a student has joined it',
  dropped: 'a student has left it',
  'room-changed': 'it has another room',
  converted: 'it is a 1:1 lesson now',
  'place-offered': 'a place in it is offered',
  'waitlist-closed': 'nobody waits for a place in it any more',
  merged: 'its students take part in another group',
  'clocks-changed': 'the clocks of a zone have changed',
  'no-show': 'a student has not come',
  'no-show-retracted': 'a student has come after all',
  'coverage-gap': 'somebody lacks what they need',
  'review-opened': 'its summary and update wait for review',
  'review-reminder': 'its review has waited for a while',
  'review-escalated': 'its review has waited too long',
  'update-approved': 'its update is approved',
  'update-corrected': 'its update was corrected',
  'incident-opened': 'something is wrong with it',
  'room-replaced': 'it has a second room',
  'incident-closed': 'what was wrong with it is over',
  'notes-asked': 'its instructor is asked for notes',
  'changed-together': 'it has changed together with others',
  corrected: 'it was corrected',
  'pay-corrected': 'its pay was corrected',
  'acknowledgement-due': 'its instructor has not acknowledged it',
  'substitute-offered': 'it is offered to substitutes',
  'substitute-released': 'no substitute is needed any more',
  'substitute-not-found': 'no substitute has been found',
};

export const planReason = async (tx: Tx, session: Lesson, event: PlanEvent['event'], decisionId: string): Promise<string> =>
  sentences(
    `${lesson(session)}: it is not clear who is to be told what, now that ${HAPPENED[event]}.`,
    await becauseOf(tx, decisionId),
    'Send all that may be owed, only what is owed for certain, or nothing.',
  );

export async function messageReason(
  tx: Tx,
  session: Lesson,
  { message, error }: { message: { kind: string; channel: string; personId: string }; error: string | null },
): Promise<string> {
  const what = `the message “${message.kind}” by ${message.channel} to ${await person(tx, session, message.personId)} about ${lesson(session)}`;
  return sentences(
    error === null
      ? `It is not known whether ${what} left; sent again, it might come twice.`
      : `${what.replace(/^t/, 'T')} could not be delivered: ${error}.`,
    'Reach them another way, then send it again or leave it.',
  );
}
