import type { ChangePreview, ClosurePreview, EditedOccurrence, ReopenPreview, SeriesEditPreview } from '../api/client';
import { money } from './money';
import type { Line } from './plan';
import { now, timeAt, timeOnWall } from './time';
import { owedTitle, phrase, withoutIds } from './words';

type Names = ReadonlyMap<string, string>;
type Told = ChangePreview['messages'][number];
type Charge = { studentId: string; percent: number; amountMinor: number; currency: string; held?: boolean };
type Conflict = { personId: string; startsAt: string; endsAt: string };

/**
 * What a reader gains of the sentence of a decision: not its outcome, which is said before, and nothing where no rule applied. What was
 * written for readers stays as it is.
 */
export function reasonOf(why: string | null): string | null {
  if (why === null || why.endsWith("no rule applied, so the policy's default does.")) return null;
  const [, rule, because] = /: rule “([^”]+)”(?:, because (.*))?\.$/s.exec(why) ?? [];
  const said = because ?? (rule === undefined ? why : phrase(rule));
  return said.charAt(0).toUpperCase() + withoutIds(said.slice(1)).replace(/\.?$/, '.');
}
const inBrackets = (why: string | null): string => {
  const reason = reasonOf(why);
  return reason === null ? '' : ` (${reason.replace(/\.$/, '')})`;
};

const nameOf = (names: Names, id: string): string => names.get(id) ?? 'somebody';
const CHANNELS: Record<string, string> = { email: 'e-mail', sms: 'text' };
/** What is due within moments is sent at once, however long the preview was looked at. */
const AT_ONCE_MS = 60_000;

export const chargeLines = (charges: readonly Charge[], names: Names): Line[] =>
  charges.map((c) => ({
    id: `charge ${c.studentId}`,
    says: `${nameOf(names, c.studentId)}: ${c.held ? 'a coordinator will say' : c.amountMinor === 0 ? 'nothing' : `${money(c.amountMinor, c.currency)} (${c.percent} %)`}`,
  }));

export const messageLines = (messages: readonly Told[], names: Names): Line[] =>
  messages.map((m) => ({
    id: `message ${m.personId} ${m.kind} ${m.step}`,
    says: `${nameOf(names, m.personId)}: ${owedTitle(m).toLowerCase()} by ${CHANNELS[m.channel] ?? m.channel}, ${+new Date(m.dueAt) < +now() + AT_ONCE_MS ? 'at once' : timeAt(m.dueAt)}`,
  }));

export const conflictLines = (conflicts: readonly Conflict[], names: Names): Line[] =>
  conflicts.map((c) => ({
    id: `conflict ${c.personId} ${c.startsAt}`,
    says: `${nameOf(names, c.personId)} has a lesson then: ${timeAt(c.startsAt)}`,
  }));

export const toldLines = (told: readonly { personId: string; lessons: number }[], names: Names): Line[] =>
  told.map((t) => ({ id: `told ${t.personId}`, says: `${nameOf(names, t.personId)}: ${t.lessons === 1 ? 'one lesson' : `${t.lessons} lessons`}` }));

const VERDICTS: Record<ChangePreview['verdict'], string> = {
  allow: 'It can be done',
  hold: 'A coordinator has to allow it',
  refuse: 'The rules refuse it',
};
export const verdictOf = (p: ChangePreview): string => VERDICTS[p.verdict];

export const changeLines = (p: ChangePreview, names: Names): Line[] => [
  { id: 'verdict', says: `${verdictOf(p)}${inBrackets(p.say?.en ?? p.why)}` },
  ...conflictLines(p.conflicts, names),
  ...chargeLines(p.charges, names),
  ...messageLines(p.messages, names),
];

const CHANGES: Record<string, string> = {
  cancel: 'is cancelled',
  reschedule: 'is moved',
  reassign: 'another instructor teaches it',
  add: 'somebody joins',
  drop: 'somebody leaves',
  details: 'has another name or number of places',
};
const OBSTACLES: Record<string, string> = {
  taken: 'somebody has another lesson then',
  closed: 'that time is closed',
  'instructor-away': 'the instructor has time off',
  'student-away': 'a student has time off',
  refused: 'the rules refuse it',
};

/** What becomes of many alike, each at its own time: "is moved, another instructor teaches it". */
export const fateOfMany = (o: EditedOccurrence): string =>
  o.verdict === 'change' ? o.changes.map((kind) => CHANGES[kind] ?? kind).join(', ') : fateOf({ ...o, newWallTime: null });

/** What becomes of one lesson of an edited series: "is moved to Tue, 8 Dec 2026, 17:00". */
export function fateOf(o: EditedOccurrence): string {
  if (o.verdict === 'hold') return 'a coordinator is asked';
  if (o.verdict === 'keep') return 'stays as it is';
  if (o.verdict === 'book')
    return o.obstacle ? `cannot simply be booked: ${OBSTACLES[o.obstacle]}` : `is booked${o.newWallTime ? ` for ${timeOnWall(o.newWallTime)}` : ''}`;
  if (o.verdict === 'cancel') return 'is cancelled';
  const said = o.changes.map((kind) =>
    kind === 'reschedule' && o.newWallTime ? `is moved to ${timeOnWall(o.newWallTime)}` : (CHANGES[kind] ?? kind),
  );
  return said.length === 0 ? 'stays as it is' : said.join(', ');
}

/** How many lessons meet which fate: "11 are changed, 1 stays". */
export function countsOf(list: readonly { verdict: string }[], words: Record<string, string>): string {
  const by = new Map<string, number>();
  for (const { verdict } of list) by.set(verdict, (by.get(verdict) ?? 0) + 1);
  return Object.keys(words)
    .flatMap((verdict) => (by.has(verdict) ? [`${by.get(verdict)} ${words[verdict]}`] : []))
    .join(', ');
}

export const seriesLines = (p: SeriesEditPreview, names: Names): Line[] => [
  ...p.occurrences.flatMap((o) => {
    const at = timeOnWall(o.original);
    const own = (lines: Line[]): Line[] => lines.map(({ id, says }) => ({ id: `${o.original} ${id}`, says: `${at} – ${says}` }));
    const fate = { id: o.original, says: `${at}: ${fateOf(o)}${inBrackets(o.why)}` };
    return [fate, ...own(conflictLines(o.conflicts, names)), ...own(chargeLines(o.charges, names))];
  }),
  ...toldLines(p.told, names),
];

export function fateOfClosed(s: ClosurePreview['sessions'][number], names: Names): string {
  if (s.verdict === 'move') return `is moved to ${timeAt(s.newStartsAt!)}`;
  if (s.verdict === 'reassign') return `${nameOf(names, s.newInstructorId!)} teaches it`;
  if (s.verdict === 'search') return 'is offered to substitutes';
  if (s.verdict === 'cancel') return 'is cancelled';
  return s.verdict === 'hold' ? 'a coordinator is asked' : 'stays as it is';
}

export const closureLines = (p: ClosurePreview, names: Names): Line[] => [
  ...p.sessions.flatMap((s) => [
    { id: s.sessionId, says: `${s.title}, ${timeAt(s.startsAt)}: ${fateOfClosed(s, names)}${inBrackets(s.why)}` },
    ...chargeLines(
      s.charges.filter((c) => c.amountMinor > 0),
      names,
    ).map(({ id, says }) => ({ id: `${s.sessionId} ${id}`, says: `${s.title}, ${timeAt(s.startsAt)} – ${says}` })),
  ]),
  ...toldLines(p.told, names),
];

const WAS: Record<string, string> = { moved: 'was moved', reassigned: 'was given to somebody else', cancelled: 'was cancelled' };
export const wasOf = (was: string): string => WAS[was] ?? was;
export const reopenLines = (p: ReopenPreview): Line[] =>
  p.sessions.map((s) => ({
    id: s.sessionId,
    says: `${s.title}, ${timeAt(s.originalStartsAt)}: ${wasOf(s.was)}, ${s.verdict === 'leave' ? 'stays so' : s.was === 'cancelled' ? 'is booked anew' : 'is put back'}${inBrackets(s.why)}`,
  }));
