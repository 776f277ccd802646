export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** Faster than this, an hour of business time is less than what the engines need for one step. */
const MOST_RATE = 1_250;
/** A Monday; the Sunday of its week puts Europe's clocks forward. */
const WEEK_STARTS = Date.UTC(2027, 2, 22);
/** What the play has to have at least, so that a lesson fits. */
const LEAST_PLAY = 20 * SECOND;

export interface Timing {
  /** Business seconds in a real second. */
  rate: number;
  /** The week: from its first booking to when the last session should be closed. Business epoch ms. */
  fromMs: number;
  untilMs: number;
}

/** Real time for engines, processes and people; the clock of the week stands still until they are there. */
const settingUp = (sessions: number): number => 15 * SECOND + sessions * 50;
/** Real time for what is under way at the end, and for the verdict. */
const ending = (sessions: number): number => 15 * SECOND + sessions * 40;

export const leastWithin = (sessions: number): number => settingUp(sessions) + ending(sessions) + LEAST_PLAY;

/** The clock of a week of so many sessions that is to pass in so much real time; in too little time, less than a week passes. */
export function timingOf(sessions: number, withinMs: number): Timing {
  const playMs = withinMs - settingUp(sessions) - ending(sessions);
  const rate = Math.min(Math.ceil(WEEK / playMs), MOST_RATE);
  const untilMs = WEEK_STARTS + Math.min(WEEK, playMs * rate);
  return { rate, fromMs: WEEK_STARTS, untilMs };
}
