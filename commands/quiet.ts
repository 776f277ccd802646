import type { NewObligation } from '../db/obligations';

/** What somebody needs to get in is no notice of a booking. */
const NEEDED = ['credential', 'briefing'];
const ANNOUNCING = ['confirmation', 'assignment'];
export const QUIETLY = 'imported-quietly';

/**
 * Brought in quietly, nobody hears that a lesson was booked which they know of: what would leave now is not sent. What is due
 * later, and everybody's way in, is owed as ever.
 */
function hush(o: NewObligation, asOf: Date): NewObligation {
  const isNotice = ANNOUNCING.includes(o.kind) || (o.dueAt <= asOf && !NEEDED.includes(o.kind));
  const isCollapsed = o.reason?.startsWith('collapsed-into-') ?? false;
  return isNotice && (o.state === 'planned' || isCollapsed) ? { ...o, state: 'suppressed', reason: QUIETLY, endedAt: asOf } : o;
}

/** The instant at which something of a plan is due first; a way in is not due before there is one. */
export function firstDue(list: readonly Pick<NewObligation, 'state' | 'kind' | 'dueAt'>[]): Date | null {
  const due = list.filter((o) => o.state === 'planned' && o.kind !== 'credential').map((o) => +o.dueAt);
  return due.length > 0 ? new Date(Math.min(...due)) : null;
}

/** A plan of which nobody is told what they know. */
export function hushed<P extends { obligations: NewObligation[]; nextDueAt: Date | null }>(plan: P, asOf: Date): P {
  const obligations = plan.obligations.map((o) => hush(o, asOf));
  return { ...plan, obligations, nextDueAt: firstDue(obligations) };
}
