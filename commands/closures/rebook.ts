import { setItem, type BatchItemRow } from '../../db/batches';
import { rebookOccurrence } from '../../db/series';
import { participantsOf, type SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import { bookIn } from '../book';
import type { Context } from '../context';
import type { BookingInput } from '../types';

/**
 * A lesson that a closure cancelled is booked anew at its time, as any booking is: with the terms and the confirmation of one. Of a series it takes
 * the place of the one that is cancelled. Errors: as `bookIn`.
 */
export async function rebook(ctx: Context, tx: Tx, session: SessionRow, item: BatchItemRow): Promise<void> {
  const participants = await participantsOf(tx, session.id);
  const input: BookingInput = {
    title: session.title,
    subject: session.subject ?? undefined,
    programme: session.programme ?? undefined,
    branch: session.branch ?? undefined,
    isTrial: session.isTrial,
    startsAt: new Date(String(item.change.startsAt)),
    endsAt: new Date(String(item.change.endsAt)),
    anchorZone: session.anchorZone,
    studentIds: participants.filter((p) => p.role === 'student').map((p) => p.personId),
    instructorId: participants.find((p) => p.role === 'instructor')!.personId,
    minStudents: session.minStudents ?? undefined,
    capacity: session.capacity ?? undefined,
  };
  const { result } = await bookIn(ctx, tx, input, { keys: [] });
  await rebookOccurrence(tx, session.id, result.sessionId);
  await setItem(tx, { ...item, why: `Booked anew as session ${result.sessionId}.` });
}
