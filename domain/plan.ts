import type { Channel, ObligationState } from './vocabulary';
import { afterQuietHours, beforeQuietHours, type QuietHours } from './quiet-hours';

/** One row of the message plan, as the obligations policy gives it. Durations are ms. */
export interface PlanStep {
  kind: string;
  step: string;
  to: PlanRecipient['role'];
  channel: Channel;
  fallback?: Channel;
  anchor: 'booking' | 'room' | 'start' | 'end' | 'event';
  offset: number;
  deadline: number;
  quiet: 'respect' | 'ignore';
  template: string;
  collapse?: string;
}
export interface PlanRecipient {
  personId: string;
  role: 'student' | 'guardian' | 'instructor' | 'coordinator' | 'reviewer';
  /** The student a guardian's message is about. */
  aboutId: string | null;
  zone: string;
  quiet: QuietHours | null;
}
export interface PlanInput {
  steps: PlanStep[];
  /** Epoch ms. */
  instants: { bookedAt: number; roomAt: number; startsAt: number; endsAt: number; eventAt: number };
  recipients: PlanRecipient[];
  asOf: number;
}
export interface PlannedObligation {
  personId: string;
  aboutId: string | null;
  kind: string;
  step: string;
  anchorAt: number;
  channel: Channel;
  fallback: Channel | null;
  template: string;
  dueAt: number;
  deadlineAt: number;
  state: 'planned' | 'suppressed';
  reason: string | null;
  collapse: string | null;
}

const ANCHORS = { booking: 'bookedAt', room: 'roomAt', start: 'startsAt', end: 'endsAt', event: 'eventAt' } as const;

/** When a step is due for a person: outside quiet hours, later if that still makes sense, else just before them, else now. */
function dueOutsideQuietHours(wanted: number, deadlineAt: number, step: PlanStep, person: PlanRecipient, asOf: number): number {
  const earliest = Math.max(wanted, asOf);
  if (step.quiet === 'ignore') return earliest;
  const later = afterQuietHours(earliest, person.zone, person.quiet);
  if (later <= deadlineAt) return later;
  const sooner = beforeQuietHours(earliest, person.zone, person.quiet);
  return sooner >= asOf ? sooner : earliest;
}

function planOne(step: PlanStep, person: PlanRecipient, { instants, asOf }: PlanInput): PlannedObligation {
  const anchorAt = instants[ANCHORS[step.anchor]];
  const wanted = anchorAt + step.offset;
  const deadlineAt = wanted + step.deadline;
  const isLate = deadlineAt < asOf;
  return {
    personId: person.personId,
    aboutId: person.aboutId,
    kind: step.kind,
    step: step.step,
    anchorAt,
    channel: step.channel,
    fallback: step.fallback ?? null,
    template: step.template,
    dueAt: isLate ? wanted : dueOutsideQuietHours(wanted, deadlineAt, step, person, asOf),
    deadlineAt,
    state: isLate ? 'suppressed' : 'planned',
    reason: isLate ? 'too-late' : null,
    collapse: step.collapse ?? null,
  };
}

const same = (a: PlannedObligation, b: PlannedObligation): boolean => a.personId === b.personId && a.aboutId === b.aboutId;

/**
 * A late booking makes several steps due at once. Of a collapsing group only the last past-due one stays, and none of them when
 * a confirmation, which says the same, is due now as well.
 */
function collapse(planned: PlannedObligation[], wantedAt: Map<PlannedObligation, number>, asOf: number): void {
  const isPast = (p: PlannedObligation): boolean => p.state === 'planned' && p.collapse !== null && wantedAt.get(p)! < asOf;
  for (const p of planned.filter(isPast)) {
    const confirmed = planned.some((q) => same(p, q) && q.kind === 'confirmation' && q.state === 'planned' && wantedAt.get(q)! <= asOf);
    const later = planned.some((q) => q !== p && same(p, q) && q.collapse === p.collapse && isPast(q) && wantedAt.get(q)! > wantedAt.get(p)!);
    if (!confirmed && !later) continue;
    p.state = 'suppressed';
    p.reason = confirmed ? 'collapsed-into-confirmation' : 'collapsed-into-later';
  }
}

/** Lays out what each recipient is owed: every row with its due time and deadline, and with its reason where it will not be sent. */
export function planObligations(input: PlanInput): PlannedObligation[] {
  const wantedAt = new Map<PlannedObligation, number>();
  const planned = input.steps.flatMap((step) =>
    input.recipients
      .filter((r) => r.role === step.to)
      .map((person) => {
        const row = planOne(step, person, input);
        wantedAt.set(row, row.anchorAt + step.offset);
        return row;
      }),
  );
  collapse(planned, wantedAt, input.asOf);
  return planned;
}

export interface ExistingObligation {
  id: string;
  personId: string;
  aboutId: string | null;
  kind: string;
  step: string;
  anchorAt: Date;
  dueAt: Date;
  deadlineAt: Date;
  state: ObligationState;
}
export interface MatchedPlan<T> {
  insert: PlannedObligation[];
  update: { existing: T; planned: PlannedObligation }[];
  suppress: T[];
  keep: T[];
}

const keyOf = (o: { personId: string; aboutId: string | null; kind: string; step: string; anchorAt: Date | number }): string =>
  [o.personId, o.aboutId, o.kind, o.step, +o.anchorAt].join('|');

/**
 * Matches a new plan with the rows there are, by (person, about, kind, step, anchor): a moved lesson owes its reminders again,
 * a confirmation stays delivered. Only rows that nobody has begun to send are moved or suppressed.
 */
export function matchPlan<T extends ExistingObligation>(existing: T[], planned: PlannedObligation[]): MatchedPlan<T> {
  const byKey = new Map(existing.map((o) => [keyOf(o), o]));
  const wanted = new Set(planned.map(keyOf));
  const result: MatchedPlan<T> = { insert: [], update: [], suppress: [], keep: [] };
  for (const p of planned) {
    const o = byKey.get(keyOf(p));
    if (!o) result.insert.push(p);
    else if (o.state === 'planned' && p.state === 'suppressed') result.suppress.push(o);
    else if (o.state === 'planned' && +o.dueAt !== p.dueAt) result.update.push({ existing: o, planned: p });
    else result.keep.push(o);
  }
  for (const o of existing) {
    if (wanted.has(keyOf(o))) continue;
    if (o.state === 'planned') result.suppress.push(o);
    else result.keep.push(o);
  }
  return result;
}
