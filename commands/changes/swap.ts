import { participantsOf } from '../../db/sessions';
import { LecternError } from '../../domain/errors';
import { instructorOf, withOtherPeople } from './people';
import type { KindOfChange } from './kind';

/** Two sessions exchange their instructors: this is what it is to one of them. Both are changed in one transaction. */
export const swap: KindOfChange = {
  done: 'swapped',
  question: 'May these two sessions exchange their instructors?',
  timeline: 'session.swapped',
  from: ['held', 'booked', 'ready'],
  instead: { live: 'The lesson has begun: reassign it' },
  compensates: [],
  event: 'reassigned',
  bills: 'everyone',
  async people({ tx, before, input }) {
    const former = instructorOf(before);
    const other = (await participantsOf(tx, input.withSessionId!)).find((p) => p.role === 'instructor');
    if (!other || other.personId === former.personId) {
      const fault = { path: 'withSessionId', message: 'is taught by the same instructor' };
      throw new LecternError('invalid-request', 'Nothing would change.', [fault]);
    }
    return { joins: [{ personId: other.personId, personKey: other.personKey, role: 'instructor' }], leaves: [former] };
  },
  after: withOtherPeople,
};
