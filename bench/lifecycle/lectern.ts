import { bookSession } from '../../commands/book';
import { decideHeldStep } from '../../commands/decide-held-step';
import { storeInbound } from '../../commands/inbound';
import { rows } from '../../db/database';
import { newId } from '../../domain/ids';
import { HOUR, type Ground } from '../ground';
import { until } from '../measure';
import { TRANSCRIPT, type Cast } from '../world';
import type { Side } from './side';

export const LEAD_MS = 4 * HOUR;
export const LENGTH_MS = 10 * HOUR;

interface Seen {
  id: string;
  status: string;
  closed: boolean;
  review: { id: string; version: number; hash: string } | null;
}

const SEEN = `
SELECT s.id, s.status, s.closed_at IS NOT NULL AS closed,
  (SELECT jsonb_build_object('id', h.id, 'version', h.version, 'hash', h.shown_hash) FROM held_steps h
   WHERE h.session_id = s.id AND h.kind = 'documentation.review' AND h.state = 'open') AS review
FROM sessions s WHERE s.id = ANY(?::uuid[])`;

/** Lectern, driven as its API and its webhooks drive it: bookings, stored events, decisions; all else is the worker's. */
export function lecternSide(ground: Ground, workerPid: number, castOf: (n: number) => Promise<Cast>): Side & { lastSession: () => string } {
  const { db, organisationId } = ground;
  let used = 0;
  let last = '';
  const send = (sessionId: string, type: string, data: object = {}): Promise<unknown> =>
    storeInbound(db, organisationId, {
      source: 'bench',
      eventId: newId(),
      type,
      occurredAt: ground.now(),
      body: JSON.stringify({ type, data: { sessionId, ...data } }),
      asOf: ground.now(),
    });

  const arrive = async (id: string, { instructorId, studentId }: Cast): Promise<void> => {
    for (const personId of [instructorId, studentId]) await send(id, 'participant.joined', { personId, connection: 'a' });
  };
  const leave = async (id: string, { instructorId, studentId }: Cast): Promise<void> => {
    for (const personId of [instructorId, studentId]) await send(id, 'participant.left', { personId, connection: 'a' });
    await send(id, 'recording.ready');
    await send(id, 'transcript.ready', { lines: TRANSCRIPT });
  };

  /** Does what the world does next for a session as it is seen. */
  async function act(seen: Seen, cast: Cast, done: Set<string>): Promise<void> {
    const once = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      const key = `${seen.id} ${what}`;
      if (done.has(key)) return;
      done.add(key);
      await work();
    };
    // Everybody is there from the booking on, so that nobody is late because the machine was: an hour here is half a second.
    await once('arrive', () => arrive(seen.id, cast));
    if (['live', 'documenting'].includes(seen.status)) await once('record', () => send(seen.id, 'recording.started'));
    if (seen.status === 'documenting') await once('leave', () => leave(seen.id, cast));
    const { review } = seen;
    if (review)
      await once('decide', () => decideHeldStep(ground.context(), review.id, { version: review.version, hash: review.hash, decision: 'approve' }));
  }

  return {
    name: 'lectern',
    workerPid,
    lastSession: () => last,
    async run(sessions) {
      const casts = await Promise.all(Array.from({ length: sessions }, () => castOf(used++)));
      const startsAt = new Date(+ground.now() + LEAD_MS);
      const endsAt = new Date(+startsAt + LENGTH_MS);
      const open = new Map<string, Cast>();
      await Promise.all(
        casts.map(async (cast) => {
          const input = { title: 'Measured', startsAt, endsAt, studentIds: [cast.studentId], instructorId: cast.instructorId };
          const { sessionId } = await bookSession(ground.context(), input);
          open.set(sessionId, cast);
          last = sessionId;
        }),
      );
      const done = new Set<string>();
      await until('every session to be closed', async () => {
        const list = await db.inOrganisation(organisationId, (tx) => rows<Seen>(tx, SEEN, [`{${[...open.keys()].join(',')}}`]));
        await Promise.all(list.map((seen) => act(seen, open.get(seen.id)!, done)));
        for (const seen of list) if (seen.closed) open.delete(seen.id);
        return open.size === 0;
      });
    },
  };
}
