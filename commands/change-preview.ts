import { obligationsOf } from '../db/obligations';
import { peopleById } from '../db/people';
import { participantsOf, type ParticipantRow, type SessionRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { preview, type Decision, type Question } from '../decisions/decide';
import { POINTS } from '../decisions/points';
import { loadActiveSet, loadSet } from '../decisions/rule-sets';
import { askCharge, readEvidence } from '../decisions/money';
import { percentOf, type Rounding } from '../domain/money';
import { explain } from '../policy/explain';
import { selectPolicy } from '../policy/select';
import { conflictsAt, type After } from './apply-change';
import { billOfMove } from './bills';
import { previewEvent } from './plan';
import { matchSession } from './replan';
import type { Context } from './context';
import type { ChangeInput, ChangePreview } from './types';

/** The decision in words, for one that may not be stored (a preview). */
export async function inWords(tx: Tx, q: Question, decision: Decision): Promise<string> {
  const set = POINTS[q.point]!.binding === 'booked' && q.bookedSetId ? await loadSet(tx, q.bookedSetId) : await loadActiveSet(tx);
  const policy = selectPolicy(set.compiled.policies, q.point, q.labels);
  return explain(policy, decision.facts, { outcome: decision.outcome, rule: decision.rule, missing: decision.missing, say: decision.say }).sentence;
}

interface Planned {
  personId: string;
  kind: string;
  step: string;
  channel: string;
  dueAt: Date | number;
}
type Told = Pick<ChangePreview, 'messages' | 'dropped'>;

const entry = ({ personId, kind, step, channel, dueAt }: Planned): ChangePreview['messages'][number] => ({
  personId,
  kind,
  step,
  channel,
  dueAt: new Date(dueAt),
});

/** Nothing can be sent to somebody without any address (a student who is told through a guardian), so nothing is announced. */
async function thatReachSomebody(tx: Tx, list: Planned[]): Promise<Planned[]> {
  const people = await peopleById(tx, [...new Set(list.map((p) => p.personId))]);
  const reached = new Set(people.filter((p) => p.email ?? p.phone).map((p) => p.id));
  return list.filter((p) => reached.has(p.personId));
}

/** What would be sent because of the change, and which planned messages would not be. */
async function told(ctx: Context, tx: Tx, before: SessionRow, { session: next }: After): Promise<Told> {
  const { asOf } = ctx;
  if (before.status === 'held') return { messages: [], dropped: [] };
  if (next.status === 'cancelled') {
    const notices = (await previewEvent(tx, next, { event: 'cancelled', asOf })).filter((p) => p.state === 'planned');
    const open = (await obligationsOf(tx, before.id)).filter((o) => o.state === 'planned');
    return { messages: (await thatReachSomebody(tx, notices)).map(entry), dropped: open.map(entry) };
  }
  const { matched } = await matchSession(tx, next, { reason: 'session-moved', asOf, movedFrom: before.startsAt, ask: preview });
  const wanted = [...matched.insert.filter((p) => p.state === 'planned'), ...matched.update.map((u) => u.planned)];
  return { messages: (await thatReachSomebody(tx, wanted)).map(entry), dropped: matched.suppress.map((s) => entry(s.existing)) };
}

/** What each student would be charged for the change, asked as settlement will ask it, so that this is what is posted then. */
async function chargesOf(
  tx: Tx,
  before: SessionRow,
  { decision, after, asOf, participants }: Considered & { asOf: Date; participants: ParticipantRow[] },
): Promise<ChangePreview['charges']> {
  const isCancel = after.session.status === 'cancelled';
  const changePercent = decision.outcome.verdict === 'refuse' ? 0 : Number(decision.outcome.chargePercent ?? 0);
  const bill = isCancel ? { rev: after.session.rev, isMove: false, changePercent } : billOfMove(before, changePercent);
  const asked = bill && { bill, evidence: await readEvidence(tx, before), asOf, ask: preview, seq: 'preview' };
  const charges: ChangePreview['charges'] = [];
  for (const { personId } of participants.filter((p) => p.role === 'student')) {
    const charge = asked && (await askCharge(tx, after.session, personId, asked)).outcome;
    const held = charge?.verdict === 'hold';
    const percent = charge && !held ? Number(charge.percent) : 0;
    const amountMinor = percentOf(before.priceMinor, percent, charge?.rounding as Rounding | undefined);
    charges.push({ studentId: personId, percent, amountMinor, currency: before.currency, held });
  }
  return charges;
}

export interface Considered {
  decision: Decision;
  why: string;
  after: After;
}

/** A change in full: verdict, charge for each student, messages, clashes. The same function answers a preview and a change. */
export async function describeChange(ctx: Context, tx: Tx, session: SessionRow, input: ChangeInput, c: Considered): Promise<ChangePreview> {
  const participants = await participantsOf(tx, session.id);
  const keys = participants.map((p) => p.personKey);
  return {
    verdict: c.decision.outcome.verdict as ChangePreview['verdict'],
    why: c.why,
    say: c.decision.say,
    rule: c.decision.rule,
    charges: await chargesOf(tx, session, { ...c, asOf: ctx.asOf, participants }),
    ...(await told(ctx, tx, session, c.after)),
    conflicts: input.kind === 'reschedule' ? await conflictsAt(tx, keys, c.after.session) : [],
  };
}
