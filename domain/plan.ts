import type { Channel } from './vocabulary';
import { onDutyOf, type OnCall } from './duty';
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
  /** The decision that gave the row. */
  decisionId: string;
}
export interface PlanRecipient {
  personId: string;
  role: 'student' | 'guardian' | 'instructor' | 'former-instructor' | 'coordinator' | 'reviewer' | 'substitute';
  /** The student a guardian's message is about. */
  aboutId: string | null;
  zone: string;
  quiet: QuietHours | null;
  /** In the order they are tried. */
  channels: readonly string[];
  /** When a coordinator is on duty; null for whom no calendar concerns. */
  duty?: OnCall | null;
  /** When they, or whom they are told about, came onto the session; left out for who was booked with it. */
  joinedAt?: number | null;
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
  /** When it is wanted by the rules alone, whatever time it is and whoever sleeps then. */
  wantedAt: number;
  dueAt: number;
  deadlineAt: number;
  state: 'planned' | 'suppressed';
  reason: string | null;
  collapse: string | null;
  decisionId: string;
}

const ANCHORS = { booking: 'bookedAt', room: 'roomAt', start: 'startsAt', end: 'endsAt', event: 'eventAt' } as const;

/**
 * The channel that is tried first and the one after it: of those that the step allows, in the order the person has them. What the
 * person does not name comes last, not never: the rules name a fallback so that somebody is reached.
 */
export function channelsFor(step: Pick<PlanStep, 'channel' | 'fallback'>, person: Pick<PlanRecipient, 'channels'>): [Channel, Channel | null] {
  const rank = (c: Channel): number => (person.channels.includes(c) ? person.channels.indexOf(c) : person.channels.length);
  const [first = step.channel, second = null] = [...new Set([step.channel, step.fallback ?? step.channel])].sort((a, b) => rank(a) - rank(b));
  return [first, second];
}

/** When a step is due for a person: outside quiet hours, later if that still makes sense, else just before them, else now. */
export function dueOutsideQuietHours(
  { wanted, deadlineAt, asOf }: { wanted: number; deadlineAt: number; asOf: number },
  step: Pick<PlanStep, 'quiet'>,
  person: Pick<PlanRecipient, 'zone' | 'quiet'>,
): number {
  const earliest = Math.max(wanted, asOf);
  if (step.quiet === 'ignore') return earliest;
  const later = afterQuietHours(earliest, person.zone, person.quiet);
  if (later <= deadlineAt) return later;
  const sooner = beforeQuietHours(earliest, person.zone, person.quiet);
  return sooner >= asOf ? sooner : earliest;
}

/** Who came onto the session after it was booked, or after its room was opened, is owed from then on what counts from those. */
function anchorFor({ anchor }: PlanStep, { joinedAt = null }: PlanRecipient, instants: PlanInput['instants']): number {
  const at = instants[ANCHORS[anchor]];
  return joinedAt !== null && (anchor === 'booking' || anchor === 'room') ? Math.max(at, joinedAt) : at;
}

function planOne(step: PlanStep, person: PlanRecipient, { instants, asOf }: PlanInput): PlannedObligation {
  const anchorAt = anchorFor(step, person, instants);
  const wanted = anchorAt + step.offset;
  const deadlineAt = wanted + step.deadline;
  const isLate = deadlineAt < asOf;
  const [channel, fallback] = channelsFor(step, person);
  return {
    personId: person.personId,
    aboutId: person.aboutId,
    kind: step.kind,
    step: step.step,
    anchorAt,
    channel,
    fallback,
    template: step.template,
    wantedAt: wanted,
    dueAt: isLate ? wanted : dueOutsideQuietHours({ wanted, deadlineAt, asOf }, step, person),
    deadlineAt,
    state: isLate ? 'suppressed' : 'planned',
    reason: isLate ? 'too-late' : null,
    collapse: step.collapse ?? null,
    decisionId: step.decisionId,
  };
}

const same = (a: PlannedObligation, b: PlannedObligation): boolean => a.personId === b.personId && a.aboutId === b.aboutId;

/** What tells a person of the lesson and its time anyhow. */
export const ANNOUNCING: readonly string[] = ['confirmation', 'assignment', 'change'];

/**
 * A booking or a move at short notice makes several steps due at once. Of a collapsing group only the last past-due one stays, and
 * none of them when a message that says the same (confirmation, assignment, notice of change) is about to go to the same person.
 */
function collapse(planned: PlannedObligation[], asOf: number): void {
  const isPast = (p: PlannedObligation): boolean => p.state === 'planned' && p.collapse !== null && p.wantedAt < asOf;
  for (const p of planned.filter(isPast)) {
    const said = planned.find((q) => same(p, q) && ANNOUNCING.includes(q.kind) && q.state === 'planned' && q.wantedAt >= asOf);
    const later = planned.some((q) => q !== p && same(p, q) && q.collapse === p.collapse && isPast(q) && q.wantedAt > p.wantedAt);
    if (!said && !later) continue;
    p.state = 'suppressed';
    p.reason = `collapsed-into-${said ? said.kind : 'later'}`;
  }
}

/** Lays out what each recipient is owed: every row with its due time and deadline, and with its reason where it will not be sent. */
export function planObligations(input: PlanInput): PlannedObligation[] {
  const planned = input.steps.flatMap((step) => {
    const rows = input.recipients.filter((r) => r.role === step.to).map((person) => ({ person, row: planOne(step, person, input) }));
    // Of coordinators those who are on duty when it is due; everybody when nobody is.
    return onDutyOf(
      rows,
      ({ person }) => person.duty ?? null,
      ({ row }) => row.dueAt,
    ).map(({ row }) => row);
  });
  collapse(planned, input.asOf);
  return planned;
}
