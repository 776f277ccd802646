import { CHANGEABLE } from '../../domain/status';
import { NOBODY, type KindOfChange } from './kind';

/** The session does not take place: its slots are free, its room closes, everybody is told, its price is what the rules name. */
export const cancel: KindOfChange = {
  done: 'cancelled',
  question: 'May this session be cancelled?',
  timeline: 'session.cancelled',
  from: CHANGEABLE,
  compensates: ['room', 'credentials'],
  event: 'cancelled',
  bills: 'everyone',
  after: ({ before }) =>
    Promise.resolve({
      ...NOBODY,
      session: { ...before.session, rev: before.session.rev + 1, status: 'cancelled' },
      participants: before.participants,
      admission: null,
    }),
};
