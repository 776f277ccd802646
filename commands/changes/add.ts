import { CHANGEABLE } from '../../domain/status';
import { LecternError } from '../../domain/errors';
import { personFor, withOtherPeople } from './people';
import type { KindOfChange } from './kind';

/** A student comes onto the session, late if need be: what a booking owes is owed to them and their guardians from now on. */
export const add: KindOfChange = {
  done: 'joined',
  question: 'May this student take part?',
  timeline: 'session.participant-added',
  from: CHANGEABLE,
  compensates: [],
  event: 'added',
  bills: 'one',
  async people({ tx, before, input }) {
    const person = await personFor(tx, input.studentId!, 'student');
    if (before.participants.some((p) => p.personId === person.id)) {
      throw new LecternError('invalid-request', 'Nothing would change.', [{ path: 'studentId', message: 'takes part already' }]);
    }
    return { joins: [{ personId: person.id, personKey: person.key, role: 'student' }], leaves: [] };
  },
  after: withOtherPeople,
};
