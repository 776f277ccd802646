import { preparation } from '../../decisions/points/preparation';
import { LecternError } from '../../domain/errors';
import { NOBODY, type KindOfChange } from './kind';

/** The session goes to another room, of the same provider or of another: every way in is replaced, and everybody who had one is told. */
export const room: KindOfChange = {
  done: 'moved to another room',
  question: 'May this session move to another room?',
  timeline: 'session.room-changed',
  from: ['booked', 'ready', 'live'],
  instead: { held: 'Its room is chosen when it is booked: approve it first' },
  compensates: ['room', 'credentials'],
  event: 'room-changed',
  bills: 'everyone',
  after({ before: { session, participants }, input }) {
    const known = preparation.outcome.provider!.values ?? [];
    const provider = input.provider ?? session.roomProvider;
    if (!known.includes(provider)) {
      const fault = { path: 'provider', message: `is none of ${known.join(', ')}` };
      throw new LecternError('invalid-request', 'There is no such provider of rooms.', [fault]);
    }
    const status = session.status === 'ready' ? 'booked' : session.status;
    return Promise.resolve({
      ...NOBODY,
      session: { ...session, rev: session.rev + 1, status, roomProvider: provider },
      participants,
      admission: null,
    });
  },
};
