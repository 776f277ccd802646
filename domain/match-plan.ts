import type { PlannedObligation } from './plan';
import type { Channel, ObligationState } from './vocabulary';

/** Why a new plan takes back a row that an earlier one laid down. A still newer plan that wants the row again revives it. */
export const REPLAN_REASONS = ['session-moved', 'rules-changed', 'due-before-publish', 'people-changed', 'taken-off'] as const;
export type ReplanReason = (typeof REPLAN_REASONS)[number];

export interface ExistingObligation {
  id: string;
  personId: string;
  aboutId: string | null;
  kind: string;
  step: string;
  anchorAt: Date;
  channel: Channel;
  fallback: Channel | null;
  template: string;
  dueAt: Date;
  deadlineAt: Date;
  state: ObligationState;
  reason: string | null;
}
export interface MatchedPlan<T> {
  insert: PlannedObligation[];
  /** Rows to be written as the new plan has them: planned ones that differ, and taken-back ones that are wanted again. */
  update: { existing: T; planned: PlannedObligation }[];
  /** With the new plan's reason and time, where it has the row and does not send it. */
  suppress: { existing: T; reason: string | null; wantedAt: number | null }[];
  /** Rows that the new plan wants as they are. */
  keep: T[];
  /** Rows that the new plan does not want and that are past taking back: being sent, or at their end. */
  leave: T[];
}

const keyOf = (o: { personId: string; aboutId: string | null; kind: string; step: string; anchorAt: Date | number }): string =>
  [o.personId, o.aboutId, o.kind, o.step, +o.anchorAt].join('|');

const wasTakenBack = (o: ExistingObligation): boolean => o.state === 'suppressed' && (REPLAN_REASONS as readonly string[]).includes(o.reason ?? '');

/** A row whose first channel has failed stays on the one that took over. */
export const channelAfter = (o: ExistingObligation, p: PlannedObligation): Channel =>
  o.state === 'planned' && o.reason === 'failing-over' ? o.channel : p.channel;

const differs = (o: ExistingObligation, p: PlannedObligation): boolean =>
  +o.dueAt !== p.dueAt ||
  +o.deadlineAt !== p.deadlineAt ||
  o.template !== p.template ||
  o.fallback !== p.fallback ||
  o.channel !== channelAfter(o, p);

/**
 * Matches a new plan with the rows there are, by (person, about, kind, step, anchor): a moved lesson owes its reminders again,
 * a confirmation stays delivered, a lesson moved back to its old time owes what the first move took back. Only rows that nobody
 * has begun to send are changed; one that ended for any other reason stays at its end.
 */
export function matchPlan<T extends ExistingObligation>(existing: T[], planned: PlannedObligation[]): MatchedPlan<T> {
  const byKey = new Map(existing.map((o) => [keyOf(o), o]));
  const wanted = new Set(planned.map(keyOf));
  const result: MatchedPlan<T> = { insert: [], update: [], suppress: [], keep: [], leave: [] };
  for (const p of planned) {
    const o = byKey.get(keyOf(p));
    if (!o) result.insert.push(p);
    else if (o.state === 'planned' && p.state === 'suppressed') result.suppress.push({ existing: o, reason: p.reason, wantedAt: p.wantedAt });
    else if (p.state === 'planned' && (wasTakenBack(o) || (o.state === 'planned' && differs(o, p)))) result.update.push({ existing: o, planned: p });
    else result.keep.push(o);
  }
  for (const o of existing) {
    if (wanted.has(keyOf(o))) continue;
    if (o.state === 'planned') result.suppress.push({ existing: o, reason: null, wantedAt: null });
    else result.leave.push(o);
  }
  return result;
}
