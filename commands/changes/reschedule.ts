import { wallTimeOf } from '../../domain/time';
import { decidePreparation } from '../preparation';
import { readmitted } from './held';
import { NOBODY, type KindOfChange } from './kind';

/** The session gets another time: it is prepared anew, with another room, and everybody is told. A held booking is admitted anew. */
export const reschedule: KindOfChange = {
  done: 'moved',
  question: 'May this session be moved?',
  timeline: 'session.moved',
  from: ['held', 'booked', 'ready'],
  instead: { live: 'The lesson has begun: cancel it, and book another time' },
  compensates: ['room', 'credentials'],
  event: 'rescheduled',
  bills: 'everyone',
  async after(changing, _moving, ask) {
    const { ctx, tx, before, input } = changing;
    const { session, participants } = before;
    const next = {
      ...session,
      rev: session.rev + 1,
      startsAt: input.startsAt!,
      endsAt: input.endsAt!,
      agreedWallTime: wallTimeOf(+input.startsAt!, session.anchorZone),
      status: session.status === 'held' ? ('held' as const) : ('booked' as const),
    };
    const students = participants.filter((p) => p.role === 'student').length;
    Object.assign(next, await decidePreparation(tx, next, { students, seq: `move:${ctx.asOf.toISOString()}`, asOf: ctx.asOf, ask }));
    return readmitted(changing, { ...NOBODY, session: next, participants, admission: null }, ask);
  },
};
