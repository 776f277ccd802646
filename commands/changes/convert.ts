import { LecternError } from '../../domain/errors';
import { termsOf } from '../admission';
import { readmit } from '../hold-booking';
import { readmitted } from './held';
import { NOBODY, type KindOfChange } from './kind';

/**
 * A group with one student becomes a 1:1 lesson: it needs nobody else any more and has no further place. What it costs stays as it was
 * agreed, unless viability says that it is as admission has it for a lesson of one.
 */
export const convert: KindOfChange = {
  done: 'made a 1:1 lesson',
  question: 'May this group become a 1:1 lesson?',
  timeline: 'session.converted',
  from: ['held', 'booked', 'ready'],
  instead: { live: 'The lesson has begun: it goes on with whoever is there' },
  compensates: [],
  event: 'converted',
  bills: 'everyone',
  async after(changing, _moving, ask) {
    const { ctx, tx, before, input } = changing;
    const { session, participants } = before;
    const students = participants.filter((p) => p.role === 'student').length;
    if (students !== 1)
      throw new LecternError('illegal-move', `Session ${session.id} has ${students} students; a group becomes a 1:1 lesson with one.`);
    if (session.minStudents === null && session.capacity === 1)
      throw new LecternError('illegal-move', `Session ${session.id} is a 1:1 lesson already.`);
    const next = { ...session, rev: session.rev + 1, minStudents: null, capacity: 1, viabilityAt: null };
    if (input.terms === 'admission') Object.assign(next, termsOf(await readmit(ctx, tx, { session: next, participants }, ask), session));
    return readmitted(changing, { ...NOBODY, session: next, participants, admission: null }, ask);
  },
};
