import { conflictsOf, participantsOf, type ParticipantRow } from '../db/sessions';
import type { Tx } from '../db/database';
import { isAnswered, preview } from '../decisions/decide';
import { loadActiveSet } from '../decisions/rule-sets';
import type { ZoneRules } from '../domain/time';
import { explain } from '../policy/explain';
import { selectPolicy } from '../policy/select';
import { clockFindings, clockQuestion, inOrder, type MovedByClocks, type ToldOtherwise } from './clock-change';
import { whoIsTold } from './closures/describe';

/** What would become of a lesson whose clocks follow another law. */
export interface PreviewedMove extends MovedByClocks {
  verdict: 'move' | 'hold';
  /** Why, as the rules have it. */
  why: string;
  /** Lessons of its people that are in the way of its new moment, when those that move before it have moved. */
  conflicts: { personId: string; startsAt: Date; endsAt: Date }[];
}
export interface ClockPreview {
  moves: PreviewedMove[];
  told: ToldOtherwise[];
  /** People who would get a notice of a move, and of how many lessons. */
  notices: { personId: string; lessons: number }[];
}

interface Moving extends PreviewedMove {
  participants: ParticipantRow[];
}

const sharesAnyone = (a: ParticipantRow[], b: ParticipantRow[]): ParticipantRow | undefined =>
  a.find((p) => b.some((q) => q.personKey === p.personKey));

/** In the way of a lesson's new moment: lessons that stay where they are, and those that have moved there before it. */
async function inTheWay(
  tx: Tx,
  { session, startsAt, endsAt }: MovedByClocks,
  { participants, before }: { participants: ParticipantRow[]; before: Moving[] },
): Promise<PreviewedMove['conflicts']> {
  const until = new Date(+endsAt + session.bufferMinutes * 60_000);
  const gone = before.filter((m) => m.verdict === 'move');
  const keys = participants.map((p) => p.personKey);
  const standing = await conflictsOf(tx, keys, startsAt, until, [session.id, ...gone.map((m) => m.session.id)]);
  const arrived = gone.flatMap((m) => {
    const shared = sharesAnyone(participants, m.participants);
    const isOver = startsAt < new Date(+m.endsAt + m.session.bufferMinutes * 60_000) && until > m.startsAt;
    return shared && isOver ? [{ personId: shared.personId, startsAt: m.startsAt, endsAt: m.endsAt }] : [];
  });
  return [...standing, ...arrived];
}

async function previewOne(tx: Tx, moved: MovedByClocks, { before, asOf }: { before: Moving[]; asOf: Date }): Promise<Moving> {
  const { session, startsAt } = moved;
  const participants = await participantsOf(tx, session.id);
  const conflicts = await inTheWay(tx, moved, { participants, before });
  const isFree = conflicts.length === 0;
  if (!(await isAnswered(tx, 'clock-change', session)))
    return { ...moved, participants, conflicts, verdict: 'hold', why: 'The rules in force do not say (clock-change).' };
  const decision = await preview(tx, clockQuestion(session, startsAt, { isFree, asOf }));
  const policy = selectPolicy((await loadActiveSet(tx)).compiled.policies, 'clock-change', session);
  const { because, sentence } = explain(policy, decision.facts, decision);
  return { ...moved, participants, conflicts, verdict: decision.outcome.verdict === 'move' ? 'move' : 'hold', why: because ?? sentence };
}

/**
 * What following other time zone rules would do, as one batch: each lesson by the policy, in the order in which they would move, so that
 * one that follows another into its old time is not in its way. Writes nothing.
 */
export async function previewClocks(tx: Tx, rules: ZoneRules, asOf: Date): Promise<ClockPreview> {
  const { moved, told } = await clockFindings(tx, rules, asOf);
  const moves: Moving[] = [];
  for (const one of inOrder(moved)) moves.push(await previewOne(tx, one, { before: moves, asOf }));
  return { moves: moves.sort((a, b) => +a.session.startsAt - +b.session.startsAt), told, notices: await whoIsTold(tx, moves) };
}
