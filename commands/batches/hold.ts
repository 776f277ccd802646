import type { BatchItemRow, BatchRow, ItemChange } from '../../db/batches';
import { participantsOf, type ParticipantRow, type SessionRow } from '../../db/sessions';
import { findClosure } from '../../db/closures';
import { wake } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { preview } from '../../decisions/decide';
import { itemReason } from '../held-reasons';
import { openHeldStep } from '../held-steps';
import { askAhead, otherTimes, type OtherTime } from '../series/other-times';
import { offered } from '../series/take-time';
import type { Json } from '../../policy/types';
import type { Context } from '../context';
import type { ChangeInput } from '../types';
import { partsOf } from './parts';

interface TimesFor {
  /** Only times from here on. */
  after: Date;
  /** What others of the same batch were given already. */
  given?: { startsAt: Date; endsAt: Date }[];
  /** Where it was to go, when that is not where it is. */
  wanted?: { startsAt: Date; endsAt: Date } | null;
  /** Who is to take part, when that is not who does. */
  people?: { personId: string; role: ParticipantRow['role'] }[];
}

/** Other times for a session that is booked, from an instant on. */
export async function timesFor(ctx: Context, tx: Tx, session: SessionRow, { after, given = [], wanted, people }: TimesFor): Promise<OtherTime[]> {
  const participants = people ?? (await participantsOf(tx, session.id));
  const studentIds = participants.filter((p) => p.role === 'student').map((p) => p.personId);
  const instructorId = participants.find((p) => p.role === 'instructor')?.personId;
  if (!instructorId) return [];
  const about = { ...session, seq: 'other-times', students: studentIds.length };
  const ahead = await askAhead(tx, about, { asOf: ctx.asOf, ask: preview });
  const { bufferMinutes, branch, anchorZone } = session;
  const { startsAt, endsAt } = wanted ?? session;
  const lengthMinutes = Math.round((+endsAt - +startsAt) / 60_000);
  return otherTimes(tx, { startsAt, lengthMinutes, bufferMinutes, branch, anchorZone, instructorId, studentIds, after, given }, ahead);
}

interface HeldItem {
  batch: BatchRow;
  item: Pick<BatchItemRow, 'change' | 'decisionId'>;
  session: SessionRow;
  why: string;
}

const instant = (value: Json | undefined): Date | null => (typeof value === 'string' ? new Date(value) : null);

/** Where the item's session was to go. */
function wantedOf({ goesTo, parts, startsAt, endsAt }: ItemChange): { startsAt: Date; endsAt: Date } | null {
  const moves = [goesTo, ...(Array.isArray(parts) ? parts : []), { startsAt: startsAt ?? null, endsAt: endsAt ?? null }] as ({
    [key: string]: Json;
  } | null)[];
  for (const move of moves) {
    const [from, to] = [instant(move?.startsAt), instant(move?.endsAt)];
    if (from && to) return { startsAt: from, endsAt: to };
  }
  return null;
}

/** Who is to take part: the item may bring another instructor or other students. */
async function peopleAfter(tx: Tx, session: SessionRow, parts: ChangeInput[]): Promise<TimesFor['people']> {
  const instructorId = parts.find((p) => p.kind === 'reassign')?.instructorId;
  const left = new Set(parts.filter((p) => p.kind === 'drop').map((p) => p.studentId));
  const there = (await participantsOf(tx, session.id)).filter((p) => !left.has(p.personId) && (p.role === 'student' || !instructorId));
  const joins = parts.filter((p) => p.kind === 'add').map((p) => ({ personId: p.studentId!, role: 'student' as const }));
  return [...there, ...joins, ...(instructorId ? [{ personId: instructorId, role: 'instructor' as const }] : [])];
}

/** A change of a batch that a person has to see to: another time, cancelled, or left as it is. */
export async function holdItem(ctx: Context, tx: Tx, { batch, item, session, why }: HeldItem): Promise<void> {
  const isSeries = batch.cause === 'series';
  const closure = isSeries ? undefined : await findClosure(tx, batch.causeId);
  const parts = isSeries ? partsOf(item, batch.reason).map((p) => p.input) : [];
  const people = isSeries ? await peopleAfter(tx, session, parts) : undefined;
  const wanted = isSeries ? wantedOf(item.change) : null;
  const alternatives = await timesFor(ctx, tx, session, { after: closure?.endsAt ?? ctx.asOf, wanted, ...(people && { people }) });
  await openHeldStep(tx, {
    session,
    kind: isSeries ? 'series-occurrence' : 'closure',
    subject: session.id,
    audience: 'coordinator',
    reason: await itemReason(tx, session, { cause: batch.cause, why, alternatives }),
    shown: {
      question: 'What becomes of this lesson?',
      batchId: batch.id,
      startsAt: session.startsAt.toISOString(),
      endsAt: session.endsAt.toISOString(),
      why,
      // What a time that is chosen brings with it.
      ...(isSeries && { parts: item.change.parts ?? [] }),
      alternatives: offered(alternatives),
    },
    options: [...alternatives.map((_, i) => `take-${i + 1}`), 'cancel', 'keep'],
    defaultOption: 'keep',
    deadlineAt: session.startsAt,
    decisionId: item.decisionId,
    asOf: ctx.asOf,
  });
  await wake(tx, session.id);
}
