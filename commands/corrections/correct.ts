import { setVerdict } from '../../db/attendance';
import { addAudit } from '../../db/audit';
import { correctionsOf, insertCorrection } from '../../db/corrections';
import { beginAmendment, findSession, lockSession, type SessionRow } from '../../db/sessions';
import { endStrike } from '../../db/strikes';
import { addToTimeline, wake } from '../../db/timeline';
import type { Tx } from '../../db/database';
import { decide, preview, type Decision, type Question } from '../../decisions/decide';
import { LecternError, notFound } from '../../domain/errors';
import { newId } from '../../domain/ids';
import { differenceSince, previewTokenOf, type Shown } from '../../domain/preview-token';
import type { Json } from '../../policy/types';
import { inWords } from '../changes/consider';
import type { Context } from '../context';
import { correctionReason } from '../held-reasons';
import { openHeldStep } from '../held-steps';
import { postAgain } from '../resettle';
import { writeStrikes } from '../strikes';
import { documentLate } from './document-late';
import { effectOf, isEmpty, moneyOf, type Effect } from './describe';
import { messagesFor, tellOfCorrection } from './tell';
import type { CorrectionInput, CorrectionPreview, CorrectionResult } from './types';
import { mendUpdate } from './update';

/** Only what is closed is corrected: before that, its held steps and changes are the way. */
export function refuseOpen(session: SessionRow): void {
  if (session.closedAt !== null && ['settled', 'cancelled'].includes(session.status)) return;
  const instead = session.closedAt === null ? 'It is not closed yet: answer its held steps, or change it' : 'It was never booked';
  throw new LecternError('illegal-move', `Session ${session.id} is ${session.status}; there is nothing to correct. ${instead}.`);
}

const aboutOf = (input: CorrectionInput): string | null => ('personId' in input ? input.personId : null);
/** What a correction changed, as it is kept. */
const resultOf = ({ attendance, money, strikes, minutes, update }: CorrectionPreview): object => ({ attendance, money, strikes, minutes, update });

const byOf = ({ principal }: Context): string =>
  principal.kind === 'system' ? 'evidence' : principal.roles.includes('admin') ? 'admin' : 'coordinator';

function question(ctx: Context, session: SessionRow, input: CorrectionInput, effect: Effect): Question {
  const money = moneyOf(session, effect.money);
  const differs = (kind: 'charge' | 'payout', sign: 1 | -1): boolean =>
    money.some((m) => m.kind === kind && sign * (m.afterMinor - m.beforeMinor) > 0);
  return {
    point: 'correction',
    sessionId: session.id,
    subject: aboutOf(input) ?? session.id,
    rev: session.rev,
    seq: `${input.kind}:${ctx.asOf.toISOString()}`,
    facts: {
      kind: input.kind,
      by: byOf(ctx),
      closedFor: +ctx.asOf - +session.closedAt!,
      costsMore: differs('charge', 1),
      paysLess: differs('payout', -1),
    },
    labels: session,
    bookedSetId: session.bookedSetId,
    asOf: ctx.asOf,
  };
}

async function describe(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { effect, decision, q }: { effect: Effect; decision: Decision; q: Question },
): Promise<CorrectionPreview> {
  const { participant, verdict, minutes, update } = effect;
  const described = {
    verdict: decision.outcome.verdict as CorrectionPreview['verdict'],
    why: await inWords(tx, q, decision),
    say: decision.say,
    rule: decision.rule,
    attendance: participant === null || verdict === null ? [] : [{ personId: participant.personId, before: participant.verdict, after: verdict }],
    money: moneyOf(session, effect.money),
    strikes: [
      ...effect.strikes.map(({ personId, kind, to }) => ({ personId, kind, to })),
      ...effect.forgiven.map(({ personId, kind }) => ({ personId, kind, to: 'forgiven' as const })),
    ],
    minutes,
    update,
    messages: await messagesFor(tx, session, effect, ctx.asOf),
  };
  return { ...described, previewToken: previewTokenOf(shownIn(described)) };
}

/** What a preview binds to; when messages leave depends on when they are asked for, whom they reach does not. */
const shownIn = ({ verdict, attendance, money, strikes, minutes, update, messages }: Omit<CorrectionPreview, 'previewToken'>): Shown => ({
  verdict,
  attendance,
  money,
  strikes,
  minutes,
  update,
  messages: messages.map(({ dueAt: _, ...m }) => m),
});

function refuseStale(sessionId: string, token: string, described: CorrectionPreview): void {
  const difference = differenceSince(token, shownIn(described));
  if (difference.length > 0)
    throw new LecternError('stale', `What correcting session ${sessionId} comes to has changed since it was previewed.`, { difference });
}

/** What a correction would do: verdict, money, strikes and messages. Writes nothing. */
export function previewCorrection(ctx: Context, sessionId: string, input: CorrectionInput): Promise<CorrectionPreview> {
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await findSession(tx, sessionId);
    if (!session) throw notFound('session', sessionId);
    refuseOpen(session);
    const effect = await effectOf(tx, session, input, { asOf: ctx.asOf, ask: preview });
    const q = question(ctx, session, input, effect);
    return describe(ctx, tx, session, { effect, q, decision: await preview(tx, q) });
  });
}

/**
 * Puts something right about a closed session, in one transaction: what it rests on is changed, charges and payouts are decided anew,
 * reversed and posted again, strikes are mended, those concerned are owed one message, and the session's workflow is woken to send it.
 * Errors: `illegal-move`, `refused-by-policy`, `stale` (the preview
 * showed something else), `invalid-request` (nothing would change), `not-found`.
 */
export const makeCorrection = (ctx: Context, sessionId: string, input: CorrectionInput, previewToken?: string): Promise<CorrectionResult> =>
  ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const session = await lockSession(tx, sessionId);
    refuseOpen(session);
    const result = await correct(ctx, tx, session, input);
    if (result && previewToken !== undefined) refuseStale(sessionId, previewToken, result);
    if (!result) throw new LecternError('invalid-request', `Nothing about session ${sessionId} would change by this correction.`);
    if (result.verdict === 'refuse') throw new LecternError('refused-by-policy', result.why, { rule: result.rule, say: result.say });
    return result;
  });

/** The same inside a transaction that holds the session; null when nothing would change. */
export async function correct(ctx: Context, tx: Tx, session: SessionRow, input: CorrectionInput): Promise<CorrectionResult | null> {
  const foreseen = await effectOf(tx, session, input, { asOf: ctx.asOf, ask: preview });
  if (isEmpty(foreseen)) return null;
  const q = question(ctx, session, input, foreseen);
  const decision = await decide(tx, q);
  const described = await describe(ctx, tx, session, { effect: foreseen, q, decision });
  const made = { ...described, sessionId: session.id, correctionId: null, heldStepId: null };
  if (described.verdict === 'refuse') return made;
  if (described.verdict === 'hold') return { ...made, heldStepId: await hold(ctx, tx, session, { input, described, decision }) };
  return { ...made, correctionId: await applyCorrection(ctx, tx, session, { input, described, decisionId: decision.id }) };
}

interface Allowed {
  input: CorrectionInput;
  described: CorrectionPreview;
  decisionId: string;
}

/** Writes a correction that is allowed, or that a person approved. What the rules leave to a person stays as it was. */
export async function applyCorrection(ctx: Context, tx: Tx, session: SessionRow, { input, described, decisionId }: Allowed): Promise<string> {
  const { asOf } = ctx;
  const effect = await effectOf(tx, session, input, { asOf, ask: decide });
  await beginAmendment(tx, session);
  const { participant, verdict } = effect;
  if (effect.update) await mendUpdate(ctx, tx, effect.update);
  if (participant && verdict !== null) await setVerdict(tx, session.id, participant.personId, { verdict, at: asOf, decisionId: null });
  await postAgain(
    tx,
    session,
    effect.money.filter((m) => m.afterMinor !== null),
  );
  await writeStrikes(tx, session, effect.strikes, asOf);
  for (const k of effect.forgiven) await endStrike(tx, k.id, { state: 'forgiven', at: asOf, by: ctx.principal.id, reason: input.reason ?? null });
  const id = newId();
  await insertCorrection(tx, {
    id,
    sessionId: session.id,
    n: (await correctionsOf(tx, session.id)).length + 1,
    kind: input.kind,
    input: input as unknown as Json,
    reason: input.reason ?? null,
    result: resultOf(described) as unknown as Json,
    decisionId,
    madeBy: ctx.principal.kind === 'system' ? null : ctx.principal.id,
    madeAt: asOf,
  });
  await addToTimeline(tx, {
    sessionId: session.id,
    rev: session.rev,
    at: asOf,
    kind: 'session.corrected',
    actor: ctx.principal.kind === 'system' ? 'lectern' : ctx.principal.id,
    decisionId,
    data: { correctionId: id, kind: input.kind, ...(participant && { personId: participant.personId }) },
  });
  await tellOfCorrection(tx, session, effect, asOf);
  await addAudit(tx, ctx, 'session.correct', 'session', session.id, { kind: input.kind, correctionId: id });
  await wake(tx, session.id);
  return id;
}

async function hold(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { input, described, decision }: { input: CorrectionInput; described: CorrectionPreview; decision: Decision },
): Promise<string> {
  const step = await openHeldStep(tx, {
    session,
    kind: 'correction',
    // Of one person, or of the lesson; what is held about another thing of it is another question.
    subject: aboutOf(input) ?? `${session.id}:${input.kind}`,
    audience: 'coordinator',
    reason: await correctionReason(tx, session, { input, money: described.money, decisionId: decision.id }),
    shown: {
      question: 'Is this put right?',
      personId: aboutOf(input),
      correction: input as unknown as Json,
      attendance: described.attendance,
      money: described.money as unknown as Json,
      minutes: described.minutes as unknown as Json,
      update: described.update as unknown as Json,
    },
    options: ['approve', 'reject'],
    decisionId: decision.id,
    asOf: ctx.asOf,
  });
  return step.id;
}

/** A person approved a held correction: what it comes to is decided as things stand now. */
export async function approveCorrection(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  step: { shown: unknown; decisionId: string | null },
): Promise<void> {
  const { correction } = step.shown as { correction: CorrectionInput | { kind: 'transcript' } };
  if (correction.kind === 'transcript') return documentLate(ctx, tx, session, step.decisionId!);
  const input = correction;
  const effect = await effectOf(tx, session, input, { asOf: ctx.asOf, ask: preview });
  if (isEmpty(effect)) return;
  const q = question(ctx, session, input, effect);
  const described = await describe(ctx, tx, session, { effect, q, decision: await preview(tx, q) });
  await applyCorrection(ctx, tx, session, { input, described, decisionId: step.decisionId! });
}
