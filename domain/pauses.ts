import { ANNOUNCING } from './plan';

/** What can be paused: everything that is sent, one kind of message, one channel, or what one policy decides. */
export const PAUSE_SCOPES = ['all', 'kind', 'channel', 'policy'] as const;
export type PauseScope = (typeof PAUSE_SCOPES)[number];

/** Messages that nobody needs once the lesson is over. */
const BEFORE_THE_END = ['confirmation', 'assignment', 'credential', 'briefing', 'reminder', 'change', 'second-room', 'coverage'];

export interface Waiting {
  id: string;
  sessionId: string;
  personId: string;
  aboutId: string | null;
  kind: string;
  dueAt: Date;
  deadlineAt: Date;
  endsAt: Date;
}

/**
 * What a release does not send of all that waited, each with its reason: what came too late or whose lesson is over (`paused`), of
 * several reminders to one person all but the last, and none where a message that says the same leaves with it.
 */
export function afterPause(waiting: readonly Waiting[], asOf: Date): { id: string; reason: string }[] {
  const isOver = (w: Waiting): boolean => w.deadlineAt < asOf || (BEFORE_THE_END.includes(w.kind) && w.endsAt <= asOf);
  const same = (a: Waiting, b: Waiting): boolean => a.sessionId === b.sessionId && a.personId === b.personId && a.aboutId === b.aboutId;
  const sensible = waiting.filter((w) => !isOver(w));
  const isLater = (a: Waiting, b: Waiting): boolean => +a.dueAt > +b.dueAt || (+a.dueAt === +b.dueAt && a.id > b.id);
  return waiting.flatMap((w) => {
    if (isOver(w)) return [{ id: w.id, reason: 'paused' }];
    if (w.kind !== 'reminder') return [];
    const said = sensible.find((q) => same(w, q) && ANNOUNCING.includes(q.kind));
    if (said) return [{ id: w.id, reason: `collapsed-into-${said.kind}` }];
    return sensible.some((q) => same(w, q) && q.kind === 'reminder' && isLater(q, w)) ? [{ id: w.id, reason: 'collapsed-into-later' }] : [];
  });
}
