import { inWords, nameOf, standing, type Check, type Judging, type Seen } from './seen';

const decidedAt = ({ decisions }: Seen, point: string): boolean => decisions.some((d) => d.point === point);
const answered = ({ heldSteps }: Seen, kind: string, ...chosen: string[]): boolean =>
  heldSteps.some((h) => h.kind === kind && ['decided', 'expired'].includes(h.state) && (chosen.length === 0 || chosen.includes(h.chosen ?? '')));

/** A status that no decision led to. */
function statusOf(seen: Seen): string[] {
  const { session, changes, corrections } = seen;
  if (!session) return [];
  const why: Record<string, boolean> = {
    settled: decidedAt(seen, 'settlement'),
    cancelled: changes.some((c) => c.kind === 'cancel' && c.decisionId !== null),
    refused: answered(seen, 'booking', 'reject') || answered(seen, 'series-occurrence', 'skip'),
    expired: answered(seen, 'booking', 'expire'),
  };
  return [
    ...(why[session.status] === false ? [`is ${session.status}, and nothing decided so`] : []),
    ...(decidedAt(seen, 'admission') ? [] : ['was booked, and nothing decided so']),
    ...corrections.filter((c) => c.decisionId === null).map((c) => `the correction of ${c.kind} names no decision`),
    ...changes.filter((c) => c.decisionId === null).map((c) => `the ${c.kind} names no decision`),
  ];
}

function verdictsOf({ participants, decisions }: Seen, judging: Judging): string[] {
  return participants
    .filter((p) => ['no-show', 'undecided'].includes(p.verdict) && !decisions.some((d) => d.id === p.verdictDecisionId))
    .map((p) => `${nameOf(judging, p.personId)} is ${p.verdict}, and no decision says so`);
}

/** The share that a decision names of a price, or all of it where a person was asked and said so. */
function moneyOf(seen: Seen, judging: Judging): string[] {
  const { decisions, heldSteps, session, corrections } = seen;
  return standing(seen).flatMap((j) => {
    const decision = decisions.find((d) => d.id === j.decisionId);
    const what = `the ${j.kind} of ${j.amountMinor} for ${nameOf(judging, j.subjectId)}`;
    if (!decision) return [`${what} names no decision of this session`];
    const full = j.kind === 'payout' ? session!.payMinor : session!.priceMinor;
    const { percent } = decision.outcome as { percent?: number };
    const shares = corrections.map((c) => (j.kind === 'payout' ? c.payPercent : c.chargePercent)).filter((share) => share !== null);
    // A correction of how long the lesson was leaves a part of what the rules say.
    const byRule = [100, ...shares].some((share) => Math.round((full * (percent ?? 0) * share) / 10_000) === j.amountMinor);
    const byPerson = heldSteps.some((h) => h.kind === j.kind && h.subject === j.subjectId && ['charge', 'pay'].includes(h.chosen ?? ''));
    return byRule || byPerson ? [] : [`${what} is neither what its decision says (${percent ?? 'nothing'} %) nor what a person said`];
  });
}

function obligationsOf({ obligations }: Seen, judging: Judging): string[] {
  return obligations.flatMap((o) => [
    ...(o.decisionId === null ? [`${inWords(judging, o)} names no decision`] : []),
    ...(['suppressed', 'missed', 'held'].includes(o.state) && !o.reason ? [`${inWords(judging, o)} is ${o.state} without a reason`] : []),
  ]);
}

/** A status, verdict, charge or end of a message without what decided it, and an event of the world's that was refused. */
export const unexplained: Check = (seen, judging) => [
  ...statusOf(seen),
  ...verdictsOf(seen, judging),
  ...moneyOf(seen, judging),
  ...obligationsOf(seen, judging),
  ...seen.inbox.filter((e) => ['refused', 'ignored'].includes(e.state)).map((e) => `the event ${e.eventId} was ${e.state}: ${e.reason}`),
];
