import { inWords, overtakenAt, type Check } from './seen';
import { outageWithin } from '../outages';
import { MINUTE } from '../timing';

const minutes = (ms: number): string => `${Math.round(ms / MINUTE)} min`;

/**
 * What came later than the tolerance after it was due, by the sink's own clock; what was given up as too late, or never sent before it was
 * answered, although its time was longer than the tolerance; lessons that began late; deadlines that were taken late. Of a time in which a session could not go on, because a
 * process was killed, nothing can be late.
 */
export const late: Check = (seen, judging) => {
  const { toleranceMs } = judging;
  const found: string[] = [];
  const say = (what: string, from: number, to: number): void => {
    const byMs = to - from - outageWithin(seen.away, from, to);
    if (byMs > toleranceMs) found.push(`${what} by ${minutes(byMs)}`);
  };
  for (const m of seen.messages) {
    say(`${inWords(judging, m)} came late`, m.dueAt, m.at);
    // Nothing is sent before its time; a timer may fire a moment early.
    if (m.dueAt - m.at > toleranceMs) found.push(`${inWords(judging, m)} came early by ${minutes(m.dueAt - m.at)}`);
  }
  for (const o of seen.obligations.filter((o) => o.state === 'missed'))
    say(`${inWords(judging, o)} was given up (${o.reason}), and had its time: longer than the tolerance`, +o.dueAt, +o.deadlineAt);
  for (const o of seen.obligations) {
    const at = overtakenAt(seen, o);
    if (at !== null) say(`${inWords(judging, o)} was not sent until it was answered, and had its time: longer than the tolerance`, +o.dueAt, at);
  }
  const startsAt = seen.session ? +seen.session.startsAt : 0;
  for (const t of seen.timeline.filter((t) => t.kind === 'lesson.started')) say('the lesson was begun late', startsAt, +t.at);
  for (const h of seen.heldSteps.filter((h) => h.state === 'expired' && h.deadlineAt && h.chosenAt))
    say(`the deadline of ${h.kind} was taken late`, +h.deadlineAt!, +h.chosenAt!);
  return found;
};
