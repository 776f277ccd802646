import { ANNOUNCING } from './plan';
import { CHANNELS } from './vocabulary';

/** What can be paused: everything that is sent, one kind of message, one channel, or what one policy decides. */
export const PAUSE_SCOPES = ['all', 'kind', 'channel', 'policy'] as const;
export type PauseScope = (typeof PAUSE_SCOPES)[number];

/** What can be paused as a channel: ways to people, and what is told to machines. */
export const PAUSABLE_CHANNELS = [...CHANNELS, 'webhook'] as const;

/** Where a lesson stands when the messages about it are let go. */
export const LESSON_IS = ['ahead', 'under-way', 'over'] as const;
export type LessonIs = (typeof LESSON_IS)[number];

export interface Waiting {
  id: string;
  sessionId: string;
  personId: string;
  aboutId: string | null;
  kind: string;
  dueAt: Date;
  deadlineAt: Date;
  startsAt: Date;
  endsAt: Date;
  /** The group of the message plan of which one message says what the others would. */
  collapse: string | null;
}

export const lessonIs = ({ startsAt, endsAt }: Pick<Waiting, 'startsAt' | 'endsAt'>, asOf: Date): LessonIs =>
  endsAt <= asOf ? 'over' : startsAt <= asOf ? 'under-way' : 'ahead';

/**
 * What a release does not send of all that waited, each with its reason: what came too late or is pointless by now (`paused`), of a
 * group of the message plan all but the last for one person, and none of it where a message that says the same leaves with it.
 */
export function afterPause(waiting: readonly Waiting[], asOf: Date, isPointless: (w: Waiting) => boolean): { id: string; reason: string }[] {
  const isOver = (w: Waiting): boolean => w.deadlineAt < asOf || isPointless(w);
  const whose = (w: Waiting): string => `${w.sessionId} ${w.personId} ${w.aboutId}`;
  const sensible = new Map<string, Waiting[]>();
  for (const w of waiting) if (!isOver(w)) (sensible.get(whose(w)) ?? sensible.set(whose(w), []).get(whose(w))!).push(w);
  const isLater = (a: Waiting, b: Waiting): boolean => +a.dueAt > +b.dueAt || (+a.dueAt === +b.dueAt && a.id > b.id);
  return waiting.flatMap((w) => {
    if (isOver(w)) return [{ id: w.id, reason: 'paused' }];
    if (w.collapse === null) return [];
    const others = sensible.get(whose(w))!;
    const said = others.find((q) => ANNOUNCING.includes(q.kind));
    if (said) return [{ id: w.id, reason: `collapsed-into-${said.kind}` }];
    return others.some((q) => q.collapse === w.collapse && isLater(q, w)) ? [{ id: w.id, reason: 'collapsed-into-later' }] : [];
  });
}
