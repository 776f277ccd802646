import { peopleById } from '../db/people';
import type { Tx } from '../db/database';
import { preview } from '../decisions/decide';
import { askCharge, readEvidence } from '../decisions/money';
import { percentOf, type Rounding } from '../domain/money';
import { conflictsOfChange } from './apply-change';
import { billOfChange } from './bills';
import { KINDS } from './changes';
import type { Considered } from './changes/consider';
import { tellingOf } from './changes/telling';
import type { ChangePreview } from './types';

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
export async function toldBy({ changing, after }: Considered): Promise<Told> {
  const { plan, notices, takenBack } = await tellingOf(changing, after, preview);
  const matched = plan?.matched.matched ?? { insert: [], update: [], suppress: [] };
  const wanted = [
    ...[...matched.insert, ...notices.flatMap((n) => n.planned)].filter((p) => p.state === 'planned'),
    ...matched.update.map((u) => u.planned),
  ];
  return {
    messages: (await thatReachSomebody(changing.tx, wanted)).map(entry),
    dropped: [...matched.suppress.map((s) => s.existing), ...takenBack.map((t) => t.row)].map(entry),
  };
}

/** Whom the change itself may cost something: every student, or the one it is about. */
function billed({ changing, after }: Considered): string[] {
  const { input, before } = changing;
  if (KINDS[input.kind].bills === 'one') return [input.studentId!];
  return (after.participants.length > 0 ? after.participants : before.participants).filter((p) => p.role === 'student').map((p) => p.personId);
}

/** What each student would be charged for the change, asked as settlement will ask it, so that this is what is posted then. */
export async function chargesOf(considered: Considered): Promise<ChangePreview['charges']> {
  const { changing, decision, terms, after } = considered;
  const { ctx, tx, before, input } = changing;
  const changePercent = decision.outcome.verdict === 'refuse' ? 0 : Number(terms.outcome.chargePercent ?? 0);
  const bill = billOfChange(input.kind, { ...before.session, studentId: input.studentId, madeAt: ctx.asOf }, changePercent);
  const asked = bill && { bill, evidence: await readEvidence(tx, before.session), asOf: ctx.asOf, ask: preview, seq: 'preview' };
  const charges: ChangePreview['charges'] = [];
  for (const studentId of billed(considered)) {
    const charge = asked && (await askCharge(tx, after.session, studentId, asked)).outcome;
    const held = charge?.verdict === 'hold';
    const percent = charge && !held ? Number(charge.percent) : 0;
    const amountMinor = percentOf(before.session.priceMinor, percent, charge?.rounding as Rounding | undefined);
    charges.push({ studentId, percent, amountMinor, currency: before.session.currency, held });
  }
  return charges;
}

const STRICTEST = ['refuse', 'hold', 'allow'];
const strictness = (c: Considered): number => STRICTEST.indexOf(String(c.decision.outcome.verdict));

/** A change in full: verdict, charge for each student, messages, clashes. The same function answers a preview and a change. */
export async function describeChanges(list: Considered[]): Promise<Omit<ChangePreview, 'previewToken'>> {
  const worst = [...list].sort((a, b) => strictness(a) - strictness(b))[0]!;
  const described = {
    verdict: worst.decision.outcome.verdict as ChangePreview['verdict'],
    why: worst.why,
    say: worst.decision.say,
    rule: worst.decision.rule,
    charges: [] as ChangePreview['charges'],
    messages: [] as ChangePreview['messages'],
    dropped: [] as ChangePreview['dropped'],
    conflicts: [] as ChangePreview['conflicts'],
  };
  for (const considered of list) {
    const { messages, dropped } = await toldBy(considered);
    described.messages.push(...messages);
    described.dropped.push(...dropped);
    described.charges.push(...(await chargesOf(considered)));
    described.conflicts.push(...(await conflictsOfChange(considered.changing, considered.after)));
  }
  return described;
}

/** What a preview token binds to: all that a person decides by. What leaves at once leaves at once, a minute later as well. */
export function shownTo(list: Considered[], described: Omit<ChangePreview, 'previewToken'>, asOf: Date): Record<string, unknown> {
  const { verdict, say, rule, charges, messages, dropped, conflicts } = described;
  const inOrder = (entries: ChangePreview['messages']): string[] =>
    entries.map((m) => [m.personId, m.kind, m.step, m.channel, m.dueAt <= asOf ? 'at once' : m.dueAt.toISOString()].join(' ')).sort();
  return {
    rev: list.map((c) => c.changing.before.session.rev),
    input: list.map((c) => ({ ...c.changing.input, reason: null, rev: null, previewToken: null })),
    verdict,
    say,
    rule,
    charges,
    messages: inOrder(messages),
    dropped: inOrder(dropped),
    conflicts,
  };
}
