import { CHANGEABLE } from '../../domain/status';
import { LecternError, notFound } from '../../domain/errors';
import { withOtherPeople } from './people';
import type { KindOfChange } from './kind';

/**
 * A student is taken off the session: their way in, their slot and what they were still to be told go with them; the others' stay. A
 * lesson without a student is none, and only a cancellation names what that costs: the last one is not dropped.
 */
export const drop: KindOfChange = {
  done: 'left',
  question: 'May this student be taken off the session?',
  timeline: 'session.participant-dropped',
  from: CHANGEABLE,
  compensates: [],
  event: 'dropped',
  bills: 'one',
  people({ before: { session, participants }, input }) {
    const students = participants.filter((p) => p.role === 'student');
    const leaving = students.find((p) => p.personId === input.studentId);
    if (!leaving) throw notFound('student of this session', input.studentId!);
    if (students.length === 1) {
      throw new LecternError('illegal-move', `Nobody would be left to teach on session ${session.id}: cancel it instead.`);
    }
    return Promise.resolve({ joins: [], leaves: [leaving] });
  },
  after: withOtherPeople,
};
