import { futureSessions, setAgreedWallTime, toldOfStart, tzdataChecked, writeTzdataCheck } from '../db/clock-changes';
import { lockSession, type SessionRow } from '../db/sessions';
import { wake } from '../db/timeline';
import { pgCode, type Tx } from '../db/database';
import { decide, isAnswered, type Question } from '../decisions/decide';
import { LecternError } from '../domain/errors';
import type { ZoneRules } from '../domain/time';
import { makeApproved } from './change';
import type { Context } from './context';
import { clockReason } from './held-reasons';
import { openHeldStep } from './held-steps';
import { planEvents } from './plan';

/** A lesson whose agreed time on the wall is another instant by the rules that the clocks follow now. */
export interface MovedByClocks {
  session: SessionRow;
  startsAt: Date;
  endsAt: Date;
}
/** Somebody who was told a time that their own wall will not show when the lesson starts. */
export interface ToldOtherwise {
  session: SessionRow;
  personId: string;
  zone: string;
  shown: string;
  now: string;
}
export interface ClockFindings {
  moved: MovedByClocks[];
  told: ToldOtherwise[];
}

/** The moment of the agreed time; what of it is finer than a minute stays. */
function onTheWall({ startsAt, agreedWallTime, anchorZone }: SessionRow, rules: ZoneRules): Date {
  return new Date(rules.instantOf(agreedWallTime, anchorZone).ms + (+startsAt % 60_000));
}

/**
 * In the order in which they can move: of those that move to a later time the last first, of those that move to an earlier one the
 * first, so that lessons one after the other do not stand in each other's way.
 */
export const inOrder = (moved: readonly MovedByClocks[]): MovedByClocks[] => {
  const [later, earlier] = [moved.filter((m) => m.startsAt > m.session.startsAt), moved.filter((m) => m.startsAt <= m.session.startsAt)];
  return [...earlier, ...later.reverse()];
};

/** Lists, for lessons that are still ahead, what another version of the time zone rules changes. Writes nothing. */
export async function clockFindings(tx: Tx, rules: ZoneRules, asOf: Date): Promise<ClockFindings> {
  const sessions = await futureSessions(tx, asOf);
  const moved = sessions
    .filter((s) => rules.wallTimeOf(+s.startsAt, s.anchorZone) !== s.agreedWallTime)
    .map((session) => {
      const startsAt = onTheWall(session, rules);
      return { session, startsAt, endsAt: new Date(+startsAt + +session.endsAt - +session.startsAt) };
    });
  const standing = new Map(sessions.filter((s) => !moved.some((m) => m.session.id === s.id)).map((s) => [s.id, s]));
  const told: ToldOtherwise[] = [];
  for (const t of await toldOfStart(tx, asOf)) {
    const session = standing.get(t.sessionId);
    const now = session && rules.wallTimeOf(+session.startsAt, t.zone);
    if (session && now !== t.shown) told.push({ session, personId: t.personId, zone: t.zone, shown: t.shown, now: now! });
  }
  return { moved, told };
}

export interface ClockChecked {
  tzdata: string;
  moved: string[];
  held: string[];
  retold: { sessionId: string; personId: string }[];
}

/**
 * Looks through an organisation once for each version of the time zone rules: a lesson keeps the time on the wall that was agreed, so
 * its instant moves, by the policy or after a person has said so; whoever was told a time that their own wall will not show is told
 * again. Safe to repeat: what has moved is as agreed, and who was told again was told by the new rules. Null when it was done before.
 */
export async function followClocks(ctx: Context, rules: ZoneRules, tzdata: string): Promise<ClockChecked | null> {
  const inOrganisation = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => ctx.db.inOrganisation(ctx.organisationId, work);
  const found = await inOrganisation(async (tx) => ((await tzdataChecked(tx, tzdata)) ? null : clockFindings(tx, rules, ctx.asOf)));
  if (!found) return null;
  const checked: ClockChecked = { tzdata, moved: [], held: [], retold: [] };
  for (const { session } of inOrder(found.moved)) {
    const end = await followOne(ctx, session.id, rules);
    if (end) checked[end].push(session.id);
  }
  for (const sessionId of new Set(found.told.map((t) => t.session.id)))
    checked.retold.push(...(await inOrganisation((tx) => tellAgain(ctx, tx, sessionId, rules))));
  await inOrganisation((tx) =>
    writeTzdataCheck(tx, { tzdata, at: ctx.asOf, moved: checked.moved.length + checked.held.length, retold: checked.retold.length }),
  );
  return checked;
}

/** One lesson, in a transaction of its own: moved, held where its new time is taken, or left when it stands as agreed meanwhile. */
async function followOne(ctx: Context, sessionId: string, rules: ZoneRules): Promise<'moved' | 'held' | null> {
  const attempt = (mayMove: boolean): Promise<'moved' | 'held' | null> =>
    ctx.db.inOrganisation(ctx.organisationId, async (tx) => {
      const session = await lockSession(tx, sessionId);
      if (rules.wallTimeOf(+session.startsAt, session.anchorZone) === session.agreedWallTime) return null;
      return follow(ctx, tx, session, { rules, mayMove });
    });
  try {
    return await attempt(true);
  } catch (error) {
    const isClash = pgCode(error) === '23P01' || (error instanceof LecternError && error.code === 'slot-clash');
    if (!isClash) throw error;
    return attempt(false);
  }
}

export const clockQuestion = (session: SessionRow, startsAt: Date, { isFree, asOf }: { isFree: boolean; asOf: Date }): Question => ({
  point: 'clock-change',
  sessionId: session.id,
  subject: session.id,
  rev: session.rev,
  seq: `${startsAt.toISOString()}:${isFree}`,
  facts: { notice: Math.min(+session.startsAt, +startsAt) - +asOf, movedBy: +startsAt - +session.startsAt, isFree },
  labels: session,
  bookedSetId: session.bookedSetId,
  asOf,
});

async function follow(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { rules, mayMove }: { rules: ZoneRules; mayMove: boolean },
): Promise<'moved' | 'held'> {
  const startsAt = onTheWall(session, rules);
  const decision = (await isAnswered(tx, 'clock-change', session))
    ? await decide(tx, clockQuestion(session, startsAt, { isFree: mayMove, asOf: ctx.asOf }))
    : null;
  if (decision?.outcome.verdict === 'move') {
    await keepWallTime(ctx, tx, session, { startsAt, decisionId: decision.id });
    return 'moved';
  }
  await openHeldStep(tx, {
    session,
    kind: 'clock-change',
    subject: session.id,
    audience: 'coordinator',
    reason: clockReason(session, startsAt, mayMove),
    shown: {
      question: 'Which of the two stays: the time on the wall, or the moment?',
      agreed: session.agreedWallTime,
      zone: session.anchorZone,
      from: session.startsAt.toISOString(),
      startsAt: startsAt.toISOString(),
      shows: rules.wallTimeOf(+session.startsAt, session.anchorZone),
      isFree: mayMove,
    },
    options: ['keep-wall-time', 'keep-moment'],
    decisionId: decision?.id ?? null,
    asOf: ctx.asOf,
  });
  return 'held';
}

/** The time on the wall stays, so the lesson moves, by the machine that moves every lesson; everybody is told why. */
async function keepWallTime(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { startsAt, decisionId }: { startsAt: Date; decisionId: string | null },
): Promise<void> {
  const endsAt = new Date(+startsAt + +session.endsAt - +session.startsAt);
  const agreed = session.agreedWallTime;
  const reason = `the clocks of ${session.anchorZone} are changed by law; the agreed ${agreed.slice(11)} stays`;
  await makeApproved(ctx, tx, session, { kind: 'reschedule', startsAt, endsAt, reason }, decisionId!);
  await setAgreedWallTime(tx, session.id, agreed);
}

/** The moment stays, so the time on the wall is another one; everybody is told theirs. */
async function keepMoment(ctx: Context, tx: Tx, session: SessionRow, wallTime: string): Promise<void> {
  await setAgreedWallTime(tx, session.id, wallTime);
  await planEvents(tx, session, { event: 'clocks-changed', asOf: ctx.asOf });
  await wake(tx, session.id);
}

/** A person's answer to a lesson whose clocks have changed; nothing when it was moved or is under way meanwhile. */
export async function answerClocks(
  ctx: Context,
  tx: Tx,
  session: SessionRow,
  { step, decision }: { step: { shown: unknown; decisionId: string | null }; decision: string },
): Promise<void> {
  const shown = step.shown as { from: string; startsAt: string; shows: string };
  if (!['held', 'booked', 'ready'].includes(session.status) || session.startsAt.toISOString() !== shown.from) return;
  if (decision === 'keep-moment') return keepMoment(ctx, tx, session, shown.shows);
  const startsAt = new Date(shown.startsAt);
  if (startsAt <= ctx.asOf) throw new LecternError('invalid-request', 'The time on the wall has passed; keep the moment, or move the lesson.');
  await keepWallTime(ctx, tx, session, { startsAt, decisionId: step.decisionId });
}

async function tellAgain(ctx: Context, tx: Tx, sessionId: string, rules: ZoneRules): Promise<ClockChecked['retold']> {
  const session = await lockSession(tx, sessionId);
  const found = (await clockFindings(tx, rules, ctx.asOf)).told.filter((t) => t.session.id === sessionId);
  const onlyFor = [...new Set(found.map((t) => t.personId))];
  if (onlyFor.length === 0) return [];
  await planEvents(tx, session, { event: 'clocks-changed', asOf: ctx.asOf, onlyFor });
  await wake(tx, sessionId);
  return onlyFor.map((personId) => ({ sessionId, personId }));
}
