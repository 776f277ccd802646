import type { ObligationRow } from '../../db/obligations';
import type { SessionRow } from '../../db/sessions';
import type { Tx } from '../../db/database';
import type { Ask } from '../../decisions/decide';
import { channelAfter, type MatchedPlan, type ReplanReason } from '../../domain/match-plan';
import type { PlannedObligation } from '../../domain/plan';
import { matchSession, type Replanned } from '../replan';

/** Why a row of new rules is not sent: they would have had it due when they were not in force yet. */
const DUE_BEFORE_PUBLISH = 'due-before-publish' satisfies ReplanReason;

type Matched = MatchedPlan<ObligationRow>;
type Update = Matched['update'][number];

/** The same to the rules, whatever time it is when they are asked. */
const isTheSame = ({ existing: o, planned: p }: Update): boolean =>
  +o.deadlineAt === p.deadlineAt && o.template === p.template && o.fallback === p.fallback && o.channel === channelAfter(o, p);

/**
 * A plan that new rules lay out while time goes by: what is due already and waits to be sent stays, nobody is told late what the rules of then
 * did not owe them, and what they would have had before they came into force is not sent any more. `since`: when they did.
 */
export function since(matched: Matched, at: Date, asOf: Date): Matched {
  const isTooEarly = (p: PlannedObligation): boolean => (p.state === 'planned' || p.reason === 'too-late') && p.wantedAt < +at;
  const isDue = (o: ObligationRow): boolean => o.state === 'planned' && o.dueAt <= asOf;
  const kept = matched.update.filter((u) => isDue(u.existing) || (isTooEarly(u.planned) && (u.existing.state !== 'planned' || isTheSame(u))));
  const others = matched.update.filter((u) => !kept.includes(u));
  const early = (existing: ObligationRow, wantedAt: number): Matched['suppress'][number] => ({ existing, reason: DUE_BEFORE_PUBLISH, wantedAt });
  const gone = others.filter((u) => isTooEarly(u.planned)).map((u) => early(u.existing, u.planned.wantedAt));
  // Where several are late at once one stands for all when a lesson is booked; here each has been waiting since then.
  const collapsed = matched.suppress.filter((s) => s.reason !== null && isDue(s.existing));
  return {
    ...matched,
    insert: matched.insert.map((p) => (isTooEarly(p) ? { ...p, state: 'suppressed', reason: DUE_BEFORE_PUBLISH } : p)),
    update: others.filter((u) => !isTooEarly(u.planned)),
    suppress: [
      ...matched.suppress
        .filter((s) => !collapsed.includes(s))
        .map((s) => (s.reason === 'too-late' && s.wantedAt! < +at ? early(s.existing, s.wantedAt!) : s)),
      ...gone,
    ],
    keep: [...matched.keep, ...kept.map((u) => u.existing), ...collapsed.map((s) => s.existing)],
  };
}

/** What rules that came into force at `at` make of the messages of a session; nothing is written. */
export async function matchFor(tx: Tx, session: SessionRow, { ask, at, asOf }: { ask: Ask; at: Date; asOf: Date }): Promise<Replanned> {
  const { matched, held } = await matchSession(tx, session, { reason: 'rules-changed', asOf, ask });
  return { matched: since(matched, at, asOf), held };
}

/** A message that is affected: when it was to go, and when it goes now; null where there was none, or is none any more. */
export interface Affected {
  kind: string;
  step: string;
  personId: string;
  aboutId: string | null;
  from: Date | null;
  to: Date | null;
}

export function affectedBy({ insert, update, suppress }: Matched): Affected[] {
  const of = ({ kind, step, personId, aboutId }: ObligationRow | PlannedObligation) => ({ kind, step, personId, aboutId });
  return [
    ...update.map(({ existing, planned }) => ({
      ...of(planned),
      from: existing.state === 'planned' ? existing.dueAt : null,
      to: new Date(planned.dueAt),
    })),
    ...insert.filter((p) => p.state === 'planned').map((p) => ({ ...of(p), from: null, to: new Date(p.dueAt) })),
    ...suppress.map(({ existing }) => ({ ...of(existing), from: existing.dueAt, to: null })),
  ];
}

export interface Counts {
  moved: number;
  added: number;
  takenBack: number;
}
export const countsOf = (list: readonly Affected[]): Counts => ({
  moved: list.filter((a) => a.from !== null && a.to !== null && +a.from !== +a.to).length,
  added: list.filter((a) => a.from === null).length,
  takenBack: list.filter((a) => a.to === null).length,
});
