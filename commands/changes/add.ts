import { openEntriesOf } from '../../db/waitlist';
import { CHANGEABLE } from '../../domain/status';
import { LecternError } from '../../domain/errors';
import { personFor, withOtherPeople } from './people';
import type { Changing, KindOfChange } from './kind';

/** A group takes as many as it has places for; one that is offered to somebody who waits is not to be had for another. */
async function refuseFull({ tx, before: { session, participants } }: Changing, studentId: string): Promise<void> {
  if (session.capacity === null) return;
  const open = await openEntriesOf(tx, session.id);
  const isOffered = open.some((e) => e.personId === studentId && e.state === 'offered');
  const students = participants.filter((p) => p.role === 'student').length;
  const offered = isOffered ? 0 : open.filter((e) => e.state === 'offered').length;
  if (students + offered < session.capacity) return;
  const places = { capacity: session.capacity, students, offered: open.filter((e) => e.state === 'offered').length };
  const why = students < session.capacity ? 'the free ones are offered to students who wait' : 'all are taken';
  throw new LecternError('no-place', `Session ${session.id} has ${session.capacity} places, and ${why}.`, places);
}

/** A student comes onto the session, late if need be: what a booking owes is owed to them and their guardians from now on. */
export const add: KindOfChange = {
  done: 'joined',
  question: 'May this student take part?',
  timeline: 'session.participant-added',
  from: CHANGEABLE,
  compensates: [],
  event: 'added',
  bills: 'one',
  async people(changing) {
    const { tx, before, input } = changing;
    const person = await personFor(tx, input.studentId!, 'student');
    if (before.participants.some((p) => p.personId === person.id)) {
      throw new LecternError('invalid-request', 'Nothing would change.', [{ path: 'studentId', message: 'takes part already' }]);
    }
    await refuseFull(changing, person.id);
    return { joins: [{ personId: person.id, personKey: person.key, role: 'student' }], leaves: [] };
  },
  after: withOtherPeople,
};
