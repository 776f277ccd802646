import { CHANGEABLE } from '../../domain/status';
import { LecternError } from '../../domain/errors';
import { instructorOf, personFor, withOtherPeople } from './people';
import type { KindOfChange } from './kind';

/** Another instructor teaches: the one before loses their way in and their reminders, the new one gets assignment, briefing and way in. */
export const reassign: KindOfChange = {
  done: 'reassigned',
  question: 'May this session be given to another instructor?',
  timeline: 'session.reassigned',
  from: CHANGEABLE,
  compensates: [],
  event: 'reassigned',
  bills: 'everyone',
  async people({ tx, before, input }) {
    const person = await personFor(tx, input.instructorId!, 'instructor');
    const former = instructorOf(before);
    if (former.personId === person.id) {
      const fault = { path: 'instructorId', message: 'teaches this session already' };
      throw new LecternError('invalid-request', 'Nothing would change.', [fault]);
    }
    return { joins: [{ personId: person.id, personKey: person.key, role: 'instructor' }], leaves: [former] };
  },
  after: withOtherPeople,
};
