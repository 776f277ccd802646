import { findSession, lockSession, participantsOf, type SessionRow } from '../db/sessions';
import { deferSlots } from '../db/participants';
import { pgCode, type Tx } from '../db/database';
import { decide, preview, type Ask } from '../decisions/decide';
import { LecternError, notFound } from '../domain/errors';
import { differenceSince, previewTokenOf } from '../domain/preview-token';
import { takeSlotsOf, writeChange, type Ready } from './apply-change';
import { describeChanges, shownTo } from './change-preview';
import { afterOf, movingOf } from './changes';
import { considerChange, type Considered } from './changes/consider';
import { holdChange } from './changes/held-change';
import type { Changing } from './changes/kind';
import { refuseImpossible, refuseUnchangeable } from './changes/refuse';
import type { Context } from './context';
import type { ChangeInput, ChangePreview, ChangeResult } from './types';

/** What is asked of each session that a change is about, the one that was named first. */
const inputsOf = (sessionId: string, input: ChangeInput): { id: string; input: ChangeInput }[] => [
  { id: sessionId, input },
  ...(input.kind === 'swap' ? [{ id: input.withSessionId!, input: { ...input, withSessionId: sessionId, rev: undefined } }] : []),
];

/** Sessions are locked in one order, so that two that exchange people from both sides queue instead of deadlocking. */
async function foundBy(ctx: Context, tx: Tx, sessionId: string, input: ChangeInput, find: (id: string) => Promise<SessionRow>): Promise<Changing[]> {
  const asked = inputsOf(sessionId, input);
  const found = new Map<string, SessionRow>();
  for (const { id } of [...asked].sort((a, b) => (a.id < b.id ? -1 : 1))) found.set(id, await find(id));
  const changing: Changing[] = [];
  for (const { id, input: own } of asked) {
    const session = found.get(id)!;
    refuseUnchangeable(session, own);
    changing.push({ ctx, tx, input: own, before: { session, participants: await participantsOf(tx, id) } });
  }
  return changing;
}

async function considerAll(list: Changing[], ask: Ask): Promise<{ considered: Considered[]; described: Omit<ChangePreview, 'previewToken'> }> {
  const considered: Considered[] = [];
  for (const changing of list) considered.push(await considerChange(changing, ask));
  const described = await describeChanges(considered);
  return { considered, described };
}

/** What a change would do: verdict, charge and messages. Writes nothing. */
export function previewChange(ctx: Context, sessionId: string, input: ChangeInput): Promise<ChangePreview> {
  refuseImpossible(sessionId, input, ctx.asOf);
  return ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
    const find = async (id: string): Promise<SessionRow> => {
      const session = await findSession(tx, id);
      if (!session) throw notFound('session', id);
      return session;
    };
    const { considered, described } = await considerAll(await foundBy(ctx, tx, sessionId, input, find), preview);
    return { ...described, previewToken: previewTokenOf(shownTo(considered, described, ctx.asOf)) };
  });
}

/**
 * Changes a session in one transaction: lock, decide, write, replan, wake. The compensation that the change names (room,
 * credentials) is the workflow's. Errors: `illegal-move`, `stale`, `refused-by-policy`, `slot-clash`, `not-found`, `invalid-request`.
 */
export async function makeChange(ctx: Context, sessionId: string, input: ChangeInput): Promise<ChangeResult> {
  refuseImpossible(sessionId, input, ctx.asOf);
  return clashing(() => ctx.db.inOrganisation(ctx.organisationId, (tx) => changeIn(ctx, tx, sessionId, input)));
}

/** What the database refuses at the commit at the latest. */
export async function clashing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (pgCode(error) === '23P01') throw new LecternError('slot-clash', 'Somebody on this session already has a lesson at that time.');
    throw error;
  }
}

/** The same inside the caller's transaction, which `clashing` has to be around. */
export async function changeIn(ctx: Context, tx: Tx, sessionId: string, input: ChangeInput): Promise<ChangeResult> {
  const list = await foundBy(ctx, tx, sessionId, input, (id) => lockSession(tx, id));
  const { considered, described } = await considerAll(list, decide);
  const shown = shownTo(considered, described, ctx.asOf);
  if (input.previewToken !== undefined) refuseStale(sessionId, input.previewToken, shown);
  const { session } = list[0]!.before;
  const result = { ...described, previewToken: previewTokenOf(shown), sessionId };
  const worst = considered.find((c) => c.decision.outcome.verdict === described.verdict)!;
  if (described.verdict === 'refuse') {
    throw new LecternError('refused-by-policy', described.why, { rule: worst.decision.rule, say: worst.decision.say });
  }
  if (described.verdict === 'hold') {
    // On the session that is locked first, so that an approval locks them in the same order.
    const holding = [...list].sort((a, b) => (a.before.session.id < b.before.session.id ? -1 : 1))[0]!;
    const heldStepId = await holdChange(ctx, tx, holding.before.session, holding.input, { because: worst.decision.id, terms: worst.terms.id });
    return { ...result, rev: session.rev, status: session.status, heldStepId };
  }
  await makeReady(
    tx,
    list,
    considered.map((c) => c.terms.id),
  );
  return { ...result, rev: session.rev, status: session.status, heldStepId: null };
}

function refuseStale(sessionId: string, token: string, shown: Record<string, unknown>): void {
  const difference = differenceSince(token, shown);
  if (difference.length === 0) return;
  throw new LecternError('stale', `What this change of session ${sessionId} would do is not what its preview showed.`, { difference });
}

/** Writes decided changes: what each session will be is known before the first of them is written. */
async function makeReady(tx: Tx, list: Changing[], decisionIds: string[]): Promise<void> {
  const ready: Ready[] = [];
  for (const [i, changing] of list.entries()) {
    ready.push({ changing, after: await afterOf(changing, await movingOf(changing), decide), decisionId: decisionIds[i]! });
  }
  if (list.length > 1) await deferSlots(tx);
  if (list[0]!.input.kind !== 'cancel') await takeSlotsOf(tx, ready);
  for (const one of ready) await writeChange(one);
}

/** A held change that a person has approved, made as things stand now; the session of its held step is locked. */
export async function makeApproved(ctx: Context, tx: Tx, session: SessionRow, input: ChangeInput, decisionId: string): Promise<void> {
  refuseImpossible(session.id, input, ctx.asOf);
  const list = await foundBy(ctx, tx, session.id, input, async (id) => (id === session.id ? session : lockSession(tx, id)));
  await makeReady(
    tx,
    list,
    list.map(() => decisionId),
  );
}
