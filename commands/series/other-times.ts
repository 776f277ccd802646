import { busyTimes } from '../../db/read/busy';
import { peopleById } from '../../db/people';
import type { Tx } from '../../db/database';
import type { Ask, Decision } from '../../decisions/decide';
import { freeSlots } from '../../domain/slots';
import { wallTimeOf } from '../../domain/time';

/** How far ahead a series is booked and which other times are offered, as the `series` policy says for these lessons. */
export interface Ahead {
  horizonMs: number;
  offers: number;
  withinMs: number;
  earliest: number;
  latest: number;
  stepMinutes: number;
  decision: Decision;
}

export interface AheadOf {
  /** Of what the question is asked: a series or a session. */
  id: string;
  rev: number;
  seq: string;
  isTrial: boolean;
  students: number;
  programme: string | null;
  branch: string | null;
  subject: string | null;
}

export async function askAhead(tx: Tx, about: AheadOf, { asOf, ask }: { asOf: Date; ask: Ask }): Promise<Ahead> {
  const { programme, branch, subject, isTrial, students } = about;
  const decision = await ask(tx, {
    point: 'series',
    sessionId: null,
    subject: about.id,
    rev: about.rev,
    seq: about.seq,
    facts: { isTrial, students },
    labels: { programme, branch, subject },
    bookedSetId: null,
    asOf,
  });
  const { horizon, offers, within, earliest, latest, step } = decision.outcome;
  return {
    horizonMs: Number(horizon),
    offers: Number(offers),
    withinMs: Number(within),
    earliest: Number(earliest),
    latest: Number(latest),
    stepMinutes: Math.max(1, Math.round(Number(step) / 60_000)),
    decision,
  };
}

export interface OtherTime {
  startsAt: string;
  endsAt: string;
  /** On the clock of the lesson's own zone. */
  wallTime: string;
}

export interface Wanted {
  startsAt: Date;
  lengthMinutes: number;
  bufferMinutes: number;
  instructorId: string;
  studentIds: readonly string[];
  branch: string | null;
  anchorZone: string;
  /** Only times from here on, such as the end of a closure. */
  after: Date;
  /** Times that others of the same batch have been given already. */
  given?: readonly { startsAt: Date; endsAt: Date }[];
}

/** Other times at which everybody is free, the nearest to the wanted one first. None is promised: booking decides. */
export async function otherTimes(tx: Tx, w: Wanted, ahead: Ahead): Promise<OtherTime[]> {
  const [instructor] = await peopleById(tx, [w.instructorId]);
  if (!instructor) return [];
  const from = new Date(Math.max(+w.startsAt - ahead.withinMs, +w.after));
  // What is looked for begins no earlier than the end of a closure, and reaches as far beyond it as it would beyond the lesson.
  const to = new Date(Math.max(+w.startsAt, +w.after) + ahead.withinMs);
  const taken = await busyTimes(tx, [w.instructorId, ...w.studentIds], { from: new Date(+from - 86_400_000), to, branch: w.branch });
  const busy = [...taken, ...(w.given ?? [])];
  const slots = [
    ...freeSlots({
      from,
      to,
      lengthMinutes: w.lengthMinutes + w.bufferMinutes,
      stepMinutes: ahead.stepMinutes,
      zone: instructor.zone,
      busy,
      opens: ahead.earliest,
      closes: ahead.latest,
    }),
  ];
  const distance = (at: Date): number => Math.abs(+at - +w.startsAt);
  return slots
    .sort((a, b) => distance(a.startsAt) - distance(b.startsAt) || +a.startsAt - +b.startsAt)
    .slice(0, ahead.offers)
    .map(({ startsAt }) => ({
      startsAt: startsAt.toISOString(),
      endsAt: new Date(+startsAt + w.lengthMinutes * 60_000).toISOString(),
      wallTime: wallTimeOf(+startsAt, w.anchorZone),
    }));
}
